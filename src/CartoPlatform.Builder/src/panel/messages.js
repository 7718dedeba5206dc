const alertBox = document.getElementById('alert');

/** Says what went wrong in the platform's own words, and offers to try again. */
export function showAlert(what, error, retry) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Try again' });
  button.addEventListener('click', () => {
    hideAlert();
    retry();
  });
  const text = document.createElement('p');
  text.append(Object.assign(document.createElement('strong'), { textContent: `${what}. ` }), error.message);
  alertBox.replaceChildren(text, button);
  alertBox.hidden = false;
}

export function hideAlert() {
  alertBox.hidden = true;
}

/** For a platform without sample data: the map would be empty, so say what to do. */
export function showWelcome() {
  document.body.classList.add('welcome');
  document.getElementById('details').innerHTML = `
    <h2>No sample data here</h2>
    <p>The platform runs, but was started without its sample tables, or its first page is switched off.</p>
    <p>Put a file of your own into a table, and ask for it with any CARTO client:</p>
    <pre>./carto load stores.geojson</pre>
    <p>Or start a new data folder with the sample tables in it:</p>
    <pre>CARTO_DATA=~/carto-demo ./carto up</pre>
    <p>Keys and addresses are in <code>./carto status --json</code>.</p>`;
}
