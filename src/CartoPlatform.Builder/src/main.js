import './styles/index.css';
import { readDemo } from './platform/demo.js';
import { startPage } from './page.js';
import { showAlert, showWelcome } from './panel/messages.js';

try {
  const demo = await readDemo();
  if (demo) await startPage(demo);
  else showWelcome();
} catch (error) {
  showAlert('The page could not start', error, () => location.reload());
}
