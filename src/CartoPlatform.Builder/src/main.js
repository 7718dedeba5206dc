import './styles/index.css';
import { readDemo } from './platform/demo.js';
import { Page } from './page.js';
import { showAlert, showWelcome } from './panel/messages.js';

try {
  const demo = await readDemo();
  if (demo) await new Page(demo).start();
  else showWelcome();
} catch (error) {
  showAlert('The page could not start', error, () => location.reload());
}
