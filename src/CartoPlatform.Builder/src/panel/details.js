import { count } from '../format/units.js';

/** Description, numbers and classes of the table on the map. */
export function createDetails(section) {
  const description = section.querySelector('#description');
  const numbers = section.querySelector('#numbers');
  const title = section.querySelector('#classes-title');
  const list = section.querySelector('#classes ul');
  const hint = section.querySelector('#classes .hint');
  let values, bars;

  return {
    /** Lays everything out, with dashes for what isn't known yet, so that nothing moves when it is. */
    show(table) {
      description.textContent = table.description;
      title.textContent = table.classesTitle;
      const labels = ['Rows', 'In view', ...table.numbers.map(number => number.label)];
      values = labels.map(label => numberOf(numbers, label));
      numbers.replaceChildren(...values.map(value => value.parentElement));
      bars = new Map(table.classes.classes.map(entry => [entry, barOf(entry)]));
      list.replaceChildren(...[...bars.values()].map(bar => bar.item));
    },
    rows(rows) {
      values[0].textContent = rows === null ? '–' : count(rows);
    },
    summary(table, { rows, features, sums, perClass }) {
      values[1].textContent = count(rows);
      // From afar a point stands for its neighbours, too: then the sums are of those alone that are drawn, and all have more.
      const isPart = rows > features;
      hint.textContent = isPart ? `of ${count(features)} drawn` : 'in view';
      table.numbers.forEach((number, index) => (values[2 + index].textContent = (isPart ? '≥ ' : '') + number.format(sums[index])));
      const most = Math.max(1, ...perClass.values());
      for (const [entry, number] of perClass) {
        const bar = bars.get(entry);
        bar.count.textContent = count(number);
        bar.item.style.setProperty('--share', number / most);
        bar.item.classList.toggle('none', number === 0);
      }
    },
  };
}

function numberOf(list, label) {
  const pair = document.createElement('div');
  const value = Object.assign(document.createElement('dd'), { textContent: '–' });
  pair.append(Object.assign(document.createElement('dt'), { textContent: label }), value);
  return value;
}

function barOf({ label, color }) {
  const item = document.createElement('li');
  item.style.setProperty('--color', color);
  const name = Object.assign(document.createElement('span'), { className: 'name', textContent: label });
  const number = Object.assign(document.createElement('span'), { className: 'count', textContent: '–' });
  item.append(name, number);
  return { item, count: number };
}
