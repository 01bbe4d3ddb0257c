/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page is whole without this. With it one chart is shown at a time, in any version, and two versions can be compared. Places
 * are in the address behind '#':  #/  #/NAME  #/NAME/TAB  #/NAME/TAB/VERSION  #/NAME/compare/OLD...NEW
 * Nothing is ever parsed as HTML: all elements are made one by one, and texts are set as texts.
 */
'use strict';
document.documentElement.classList.add('js');
document.addEventListener('DOMContentLoaded', () => {
	const $ = (selector, root) => (root || document).querySelector(selector);
	const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
	const data = JSON.parse($('#data').textContent);
	const articles = $$('.chart');
	const cards = $$('.card');
	const search = $('#search');
	const byName = new Map(data.charts.map((chart, i) => [chart.n, i]));
	const UNKNOWN_URL = 'URL-OF-THIS-FOLDER';
	const BRANCH = 1, SCHEMA = 2, REQUIRED = 4;
	let shown = -1; /* the chart that is open; -1: the list */

	/* An element with attributes and children: elements and texts. */
	const el = (tag, attributes, ...children) => {
		const e = document.createElement(tag);
		for (const [k, v] of Object.entries(attributes || {}))
			if (v !== undefined && v !== null && v !== false)
				e.setAttribute(k, v === true ? '' : v);
		e.append(...children.flat().filter((c) => c !== null && c !== undefined));
		return e;
	};
	const link = (href, ...children) => el('a', { href }, ...children);
	/* A link to the web, or the text alone when it leads elsewhere. */
	const web = (url, text) => (/^https?:\/\//.test(url || '')
		? el('a', { href: url, rel: 'noopener noreferrer nofollow' }, text) : text);
	const slot = (n, name) => $('[data-slot="' + name + '"]', articles[n]);
	const say = el('p', { class: 'unseen', role: 'status' });
	document.body.append(say);

	/* The address of the repository, when the page is served beside it. */
	const url = data.url || (/^https?:$/.test(location.protocol)
		? location.href.replace(/[#?].*$/, '').replace(/[^/]*$/, '').replace(/\/$/, '') : UNKNOWN_URL);
	const word = (s) => (/^[A-Za-z0-9._+\/:@%-]+$/.test(s) ? s : "'" + s.replace(/'/g, "'\\''") + "'");

	/* Addresses. */
	const place = (n, tab, rest) => '#/' + [data.charts[n].n, tab, rest].filter((x) => x)
		.map(encodeURIComponent).join('/');
	const decode = (s) => {
		try {
			return decodeURIComponent(s);
		} catch (e) {
			return s;
		}
	};

	/* Versions with what they have from newer ones. */
	const versions = (n) => {
		const chart = data.charts[n];
		if (!chart.all) {
			let last = {};
			chart.all = chart.v.map((v) => {
				const own = Object.assign({}, v);
				for (const k of 'shomwktxlp')
					if (!(k in own))
						own[k] = last[k];
				last = own;
				return own;
			});
		}
		return chart.all;
	};

	/* A path, which may break behind its dots. */
	const pathCode = (path) => el('code', null, path.split(/(?<=\.)/).flatMap((part, i) => (i ? [el('wbr'), part] : [part])));

	/* Descriptions: what stands in backquotes is code. */
	const said = (text) => (text || '').split(/`([^`]+)`/).map((part, i) => (i % 2 ? el('code', null, part) : part));
	const saidIn = (cell) => Array.from(cell.childNodes, (c) => (c.nodeName === 'CODE' ? '`' + c.textContent + '`' : c.textContent)).join('');

	/* Rows of values by path: those of the newest version stand in the page, the others follow from the differences. */
	const newestRows = (n) => {
		const rows = new Map();
		let section = '';
		for (const tr of $$('.values tbody:first-of-type tr', articles[n])) {
			const cells = tr.children;
			if (tr.classList.contains('group')) {
				section = cells[0].textContent;
				continue;
			}
			const flags = (tr.classList.contains('branch') ? BRANCH : 0) |
				(tr.classList.contains('schema') ? SCHEMA : 0) |
				(tr.classList.contains('required') ? REQUIRED : 0);
			rows.set(cells[0].textContent, [cells[0].textContent, cells[1].textContent, cells[2].textContent,
				saidIn(cells[3]), section, flags]);
		}
		return rows;
	};
	const rowsOf = (n, index) => {
		const chart = data.charts[n];
		if (chart.v[index].n)
			return null;
		chart.rows = chart.rows || newestRows(n);
		const rows = new Map(chart.rows);
		for (let i = 1; i <= index; i++) {
			for (const path of chart.v[i]['-'] || [])
				rows.delete(path);
			for (const row of chart.v[i]['+'] || [])
				rows.set(row[0], row);
		}
		return rows;
	};
	const byPath = (x, y) => (x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : 0);

	/* Maps that have something in them. */
	const prefixes = (rows) => {
		const set = new Set();
		for (const [path, row] of rows)
			if (!(row[5] & SCHEMA))
				for (let i = 1; i < path.length; i++)
					if (path[i] === '.' && path[i - 1] !== '\\')
						set.add(path.slice(0, i));
		return set;
	};
	/* What differs between the values of two versions: lists of [path, old, new], sorted. */
	const compareRows = (old, now) => {
		const result = { added: [], removed: [], changed: [] };
		const real = (row) => row && !(row[5] & (BRANCH | SCHEMA));
		const oldMaps = prefixes(old), newMaps = prefixes(now);
		for (const [path, row] of old) {
			const other = now.get(path);
			if (!real(row))
				continue;
			if (real(other)) {
				if (row[2] !== other[2])
					result.changed.push([path, row[2], other[2]]);
			} else if (row[2] !== '{}' || !newMaps.has(path)) {
				result.removed.push([path, row[2], null]);
			}
		}
		for (const [path, row] of now)
			if (real(row) && !real(old.get(path)) && (row[2] !== '{}' || !oldMaps.has(path)))
				result.added.push([path, null, row[2]]);
		for (const list of Object.values(result))
			list.sort(byPath);
		return result;
	};

	/* Copying. */
	const copyText = (text) => {
		const byHand = () => {
			const area = el('textarea', { class: 'unseen', readonly: true });
			area.value = text;
			document.body.append(area);
			area.select();
			const done = document.execCommand('copy');
			area.remove();
			return done ? Promise.resolve() : Promise.reject();
		};
		return navigator.clipboard ? navigator.clipboard.writeText(text).catch(byHand) : byHand();
	};
	const addCopy = (cmd) => {
		const code = $('code', cmd);
		const button = el('button', { type: 'button', 'aria-label': 'Copy ' + code.textContent }, 'Copy');
		button.addEventListener('click', () => copyText(code.textContent).then(() => {
			button.textContent = 'Copied';
			say.textContent = 'Copied';
			setTimeout(() => {
				button.textContent = 'Copy';
				say.textContent = '';
			}, 1500);
		}, () => {
			say.textContent = 'The browser did not let this be copied.';
		}));
		cmd.prepend(button);
	};
	/* Words stay whole where there is room for them, and so do options with their value. */
	const command = (text) => {
		const cmd = el('div', { class: 'cmd' }, el('code', null, text.match(/--\S+ \S+|\S+|\s+/g)
			.map((w) => (w.trim() ? el('span', null, w) : w))));
		addCopy(cmd);
		return cmd;
	};

	/* What is said of a version, as the page says it of the newest. */
	const badges = (v) => [
		v.x && el('span', { class: 'badge bad' }, 'deprecated'),
		v.t === 'library' && el('span', { class: 'badge' }, 'library'),
		v.e && el('span', { class: 'badge warn' }, 'security fixes'),
		v.f && [el('span', { class: 'badge' }, 'signed, not checked'), el('span', { class: 'badge good' }, 'signed'),
			el('span', { class: 'badge bad' }, 'signature refused')][v.f[0] - 1],
	].filter((b) => b);
	const install = (n, v) => {
		const name = data.charts[n].n;
		if (v.t === 'library')
			return [el('p', null, 'In ', el('code', null, 'Chart.yaml'), ':'),
				command('dependencies:\n- name: ' + name + '\n  version: ' + v.v + '\n  repository: ' + url)];
		const line = (from) => command('helm install ' + word('my-' + name) + ' ' + word(from + '/' + name) +
			' --version ' + word(v.v));
		const oci = data.oci.replace(/\/+$/, '');
		return [line(data.alias)].concat(oci ? [el('p', null, 'From the registry:'), line(oci)] : []);
	};
	const joined = (list, between) => list.flatMap((x, i) => (i ? [between(), x] : [x]));
	const br = () => el('br');
	const signature = (f) => [['there is a provenance file, which was not checked', 'by ', 'refused: '][f[0] - 1] + f[1],
		f[3] && ', ' + f[3]].concat(f[2] ? [br(), el('code', { class: 'long' }, f[2])] : []);
	const facts = (v) => [
		['App version', v.a], ['Kubernetes', v.k], ['Published', v.d], ['Licence', v.l], ['Home', v.h && web(v.h, v.h)],
		['Sources', v.o && joined(v.o.map((s) => web(s, s)), br)],
		['Maintainers', v.m && joined(v.m.map((m) => web(m[2], m[0] || m[1])), br)],
		['Keywords', v.w && v.w.join(', ')],
		['Signature', v.f && signature(v.f)],
		['Digest', v.g && el('code', { class: 'long' }, 'sha256:' + v.g)],
	].filter((f) => f[1]).map(([name, value]) => el('div', null, el('dt', null, name),
		el('dd', null, ...[value].flat().filter((x) => x))));
	const table = (name, heads, rows) => el('table', { class: name },
		el('thead', null, el('tr', null, heads.map((h) => el('th', { scope: 'col' }, h)))), el('tbody', null, rows));
	const dependencies = (v) => (v.p && v.p.length
		? [table('stack', ['Name', 'Version', 'Repository', 'Condition'], v.p.map((d) => el('tr', null,
			el('th', { scope: 'row' }, d[0] + (d[4] ? ' as ' + d[4] : '')), el('td', null, d[1]),
			el('td', null, web(d[2], d[2])), el('td', null, d[3]))))]
		: [el('p', { class: 'none' }, 'There are none.')]);
	const valueRow = (row) => el('tr', {
		class: [row[5] & BRANCH && 'branch', row[5] & SCHEMA && 'schema', row[5] & REQUIRED && 'required']
			.filter((x) => x).join(' ') || null,
	}, el('th', { scope: 'row' }, pathCode(row[0])), el('td', null, row[1]),
	el('td', null, row[2] ? el('code', null, row[2]) : ''), el('td', null, said(row[3])));

	/* Rows and cells that are laid out as blocks are still a table to those who listen. */
	const setRoles = (root) => {
		for (const t of $$('table.stack', root)) {
			t.setAttribute('role', 'table');
			$$('thead, tbody', t).forEach((e) => e.setAttribute('role', 'rowgroup'));
			$$('tr', t).forEach((e) => e.setAttribute('role', 'row'));
			$$('td', t).forEach((e) => e.setAttribute('role', 'cell'));
			$$('thead th', t).forEach((e) => e.setAttribute('role', 'columnheader'));
			$$('tbody th', t).forEach((e) => e.setAttribute('role', 'rowheader'));
		}
	};

	/* The values of one version. */
	const filterRows = (n) => {
		const input = $('.filter input', articles[n]);
		const words = input.value.toLowerCase().split(/\s+/).filter((w) => w);
		let hits = 0, all = 0;
		for (const tr of $$('.values tbody:not([hidden]) tr', articles[n])) {
			const group = tr.classList.contains('group');
			const text = words.length ? tr.textContent.toLowerCase() : '';
			tr.hidden = group ? words.length > 0 : !words.every((w) => text.includes(w));
			if (!group) {
				all++;
				hits += !tr.hidden;
			}
		}
		$('.filter p', articles[n]).textContent = words.length ? hits + ' of ' + all + ' values' : all + ' values';
	};
	const addFilter = (n) => {
		const panel = $('[data-tab="values"]', articles[n]);
		const id = 'c' + n + '-filter';
		const input = el('input', { id, type: 'search', placeholder: 'Filter values', autocomplete: 'off', spellcheck: 'false' });
		input.addEventListener('input', () => filterRows(n));
		input.addEventListener('keydown', (e) => {
			if (e.key === 'Escape' && input.value) {
				e.stopPropagation();
				e.preventDefault();
				input.value = '';
				filterRows(n);
			}
		});
		$('h3', panel).after(el('div', { class: 'filter' }, el('label', { class: 'unseen', for: id }, 'Filter values'), input,
			el('p', { role: 'status' })));
	};
	const showValues = (n, index) => {
		const values = $('table.values', articles[n]);
		const bodies = $$('tbody', values);
		const rows = rowsOf(n, index);
		bodies.slice(1).forEach((b) => b.remove());
		bodies[0].hidden = index > 0;
		if (index && rows) {
			const sorted = Array.from(rows.values()).sort(byPath);
			values.append(el('tbody', null, sorted.map(valueRow)));
		}
		const none = slot(n, 'no-values');
		values.hidden = !rows || !rows.size;
		none.hidden = !values.hidden;
		none.textContent = rows ? 'There are no values.' : 'The archive of this version is not in the repository\'s folder.';
		$('.filter', articles[n]).hidden = values.hidden;
		filterRows(n);
	};
	const showReadme = (n, v) => {
		const own = $$('[data-readme]', articles[n]);
		const none = slot(n, 'no-readme');
		own.forEach((e) => {
			e.hidden = e.dataset.readme !== String(v.r);
		});
		none.hidden = v.r !== undefined;
		if (none.hidden)
			return;
		none.replaceChildren(own.length ? 'The README of this version is not in the page. It can be had with' : 'There is no README.');
		if (own.length)
			none.append(command('helm show readme ' + word(data.alias + '/' + data.charts[n].n) + ' --version ' + word(v.v)));
	};

	/* Two versions compared. */
	const differenceTable = (difference) => {
		const row = (kind, sign, [path, old, now]) => el('tr', { class: kind },
			el('th', { scope: 'row' }, el('span', { class: 'sign ' + kind }, sign), ' ', pathCode(path)),
			el('td', null, old === null ? '' : el('code', null, old)), el('td', null, now === null ? '' : el('code', null, now)));
		const rows = difference.removed.map((d) => row('minus', '\u2212', d))
			.concat(difference.changed.map((d) => row('diff', '~', d)), difference.added.map((d) => row('plus', '+', d)));
		return table('stack', ['Value', 'Old default', 'New default'], rows);
	};
	const metadataList = (old, now) => {
		const items = [];
		const note = (name, x, y) => {
			if ((x || '') !== (y || ''))
				items.push(el('li', null, name + ': ', el('code', null, x || 'none'), ' \u2192 ', el('code', null, y || 'none')));
		};
		note('app version', old.a, now.a);
		note('Kubernetes', old.k, now.k);
		note('type', old.t, now.t);
		note('deprecated', old.x ? 'yes' : 'no', now.x ? 'yes' : 'no');
		const of = (v) => new Map((v.p || []).map((d) => [d[4] || d[0], d[1]]));
		const before = of(old), after = of(now);
		for (const name of new Set([...before.keys(), ...after.keys()]))
			note('dependency ' + name, before.get(name), after.get(name));
		return items.length ? [el('h4', null, 'Chart'), el('ul', null, items)] : [];
	};
	const changeItem = (c) => {
		const known = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security'].includes(c[0]);
		return el('li', null, known ? [el('span', { class: 'kind ' + c[0] }, c[0]), ' '] : [], c[1]);
	};
	/* What the versions from `first` down to before `last` say they change. */
	const changesBetween = (all, first, last) => all.slice(first, last).filter((v) => v.c)
		.flatMap((v) => [el('h4', null, v.v, ' ', el('small', null, v.d || '')), el('ul', { class: 'changes' }, v.c.map(changeItem))]);
	const plural = (n, one, many) => n + ' ' + (n === 1 ? one : many);
	const showComparison = (n, from, to) => {
		const all = versions(n);
		const result = $('.result', articles[n]);
		const old = rowsOf(n, from), now = rowsOf(n, to);
		$('#c' + n + '-from').value = from;
		$('#c' + n + '-to').value = to;
		if (from === to || !old || !now) {
			result.replaceChildren(el('p', { class: 'none' }, from === to ? 'Choose two versions.'
				: 'One of the archives is not in the repository\'s folder.'));
			return;
		}
		const d = compareRows(old, now);
		const same = !d.added.length && !d.removed.length && !d.changed.length;
		result.replaceChildren(
			el('p', { role: 'status', class: 'summary' }, same ? 'The values are the same.' : 'Values: ' + [
				d.removed.length && d.removed.length + ' removed', d.changed.length && d.changed.length + ' changed',
				d.added.length && d.added.length + ' added'].filter((x) => x).join(', ') + '.'),
			...metadataList(all[from], all[to]));
		if (!same)
			result.append(el('h4', null, 'Values'), differenceTable(d));
		result.append(...changesBetween(all, Math.min(from, to), Math.max(from, to)));
		setRoles(result);
	};
	const addCompare = (n) => {
		const all = versions(n);
		const choice = (id, label) => {
			const select = el('select', { id }, all.map((v, i) => el('option', { value: i }, v.v)));
			select.addEventListener('change', () => {
				const value = (end) => all[$('#c' + n + '-' + end).value].v;
				go(place(n, 'compare', value('from') + '...' + value('to')));
			});
			return el('div', null, el('label', { for: id }, label), select);
		};
		const swap = el('button', { type: 'button' }, 'Swap');
		swap.addEventListener('click', () => go(place(n, 'compare',
			all[$('#c' + n + '-to').value].v + '...' + all[$('#c' + n + '-from').value].v)));
		$('[data-tab="dependencies"]', articles[n]).before(el('section', { class: 'panel compare', 'data-tab': 'compare', 'aria-label': 'Compare' },
			el('h3', null, 'Compare'), el('div', { class: 'pair' }, choice('c' + n + '-from', 'Old version'),
				choice('c' + n + '-to', 'New version'), swap), el('div', { class: 'result' })));
	};

	/* Tabs. */
	const TAB_NAMES = { readme: 'README', values: 'Values', versions: 'Versions', changes: 'Changes', compare: 'Compare',
		dependencies: 'Dependencies' };
	const addTabs = (n) => {
		const panels = $$('.panel', articles[n]);
		const tabs = el('div', { class: 'tabs', role: 'tablist', 'aria-label': data.charts[n].n });
		for (const panel of panels) {
			const name = panel.dataset.tab;
			const tab = el('button', { type: 'button', role: 'tab', id: 'c' + n + '-tab-' + name, 'aria-controls': 'c' + n + '-' + name,
				'data-for': name }, TAB_NAMES[name], panel.dataset.count ? [' ', el('small', null, panel.dataset.count)] : []);
			tab.addEventListener('click', () => openTab(n, name));
			panel.id = 'c' + n + '-' + name;
			panel.setAttribute('role', 'tabpanel');
			panel.setAttribute('aria-labelledby', tab.id);
			panel.removeAttribute('aria-label');
			panel.tabIndex = 0;
			tabs.append(tab);
		}
		tabs.addEventListener('keydown', (e) => {
			const list = $$('button', tabs), at = list.indexOf(document.activeElement);
			const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[e.key];
			if (at < 0 || to === undefined)
				return;
			e.preventDefault();
			const next = list[(to + list.length) % list.length];
			next.focus();
			openTab(n, next.dataset.for);
		});
		panels[0].before(tabs);
	};
	const openTab = (n, name) => {
		const chart = data.charts[n];
		const version = chart.at ? chart.v[chart.at].v : '';
		history.replaceState(null, '', place(n, name === 'readme' && !version ? '' : name, name === 'compare' ? '' : version));
		route();
	};
	const selectTab = (n, name) => {
		for (const tab of $$('.tabs button', articles[n])) {
			const on = tab.dataset.for === name;
			tab.setAttribute('aria-selected', on);
			tab.tabIndex = on ? 0 : -1;
		}
		for (const panel of $$('.panel', articles[n]))
			panel.hidden = panel.dataset.tab !== name;
	};

	/* The table of versions: each leads to itself, and its count of values to the comparison. */
	const linkVersions = (n) => {
		const all = data.charts[n].v;
		$$('.versions tbody tr', articles[n]).forEach((tr, i) => {
			const cell = tr.children[0], counts = tr.children[3];
			cell.replaceChildren(link(place(n, 'readme', i ? all[i].v : ''), all[i].v));
			if (counts.firstChild && i + 1 < all.length) {
				const a = link(place(n, 'compare', all[i + 1].v + '...' + all[i].v), ...counts.childNodes);
				a.setAttribute('aria-label', 'Compare values of ' + all[i + 1].v + ' and ' + all[i].v + ': ' + a.textContent);
				counts.replaceChildren(a);
			}
		});
	};
	const prepare = (n) => {
		const article = articles[n];
		if (article.dataset.ready)
			return;
		article.dataset.ready = '1';
		addFilter(n);
		if (data.charts[n].v.length > 1)
			addCompare(n);
		addTabs(n);
		linkVersions(n);
		setRoles(article);
		const pick = slot(n, 'pick');
		pick.append(...versions(n).map((v, i) => el('option', { value: i }, v.v + (v.a ? ' (app ' + v.a + ')' : ''))));
		pick.addEventListener('change', () => {
			const tab = $('.tabs [aria-selected="true"]', article).dataset.for;
			const i = Number(pick.value);
			go(place(n, tab === 'compare' || (tab === 'readme' && !i) ? (i ? 'readme' : '') : tab, i ? versions(n)[i].v : ''));
		});
	};
	const showVersion = (n, index) => {
		const v = versions(n)[index];
		data.charts[n].at = index;
		slot(n, 'pick').value = index;
		slot(n, 'version').textContent = v.v;
		slot(n, 'lead').textContent = v.s || '';
		slot(n, 'badges').replaceChildren(...badges(v));
		slot(n, 'install').replaceChildren(command('helm repo add ' + word(data.alias) + ' ' + word(url)), ...install(n, v));
		slot(n, 'facts').replaceChildren(...facts(v));
		slot(n, 'dependencies').replaceChildren(...dependencies(v));
		$('[data-for="dependencies"] small', articles[n]).textContent = (v.p || []).length;
		setRoles(slot(n, 'dependencies'));
		showReadme(n, v);
		showValues(n, index);
		const size = (rowsOf(n, index) || new Map()).size;
		$('[data-for="values"] small', articles[n]).textContent = size;
		$$('.versions tbody tr', articles[n]).forEach((tr, i) => tr.classList.toggle('now', i === index));
	};

	/* Finding the way. */
	const go = (hash) => {
		if (location.hash === hash)
			route();
		else
			location.hash = hash;
	};
	const showList = (quiet) => {
		const left = shown;
		shown = -1;
		articles.forEach((a) => a.classList.remove('open'));
		$('#list').hidden = false;
		document.title = data.title;
		if (left >= 0 && !quiet) {
			const a = cardLink(left);
			if (a) {
				a.focus();
				a.scrollIntoView({ block: 'center' });
			}
		}
	};
	const showChart = (n, tab, rest) => {
		const chart = data.charts[n];
		const index = (v) => chart.v.findIndex((x) => x.v === v);
		prepare(n);
		const panel = $$('.panel', articles[n]).some((p) => p.dataset.tab === tab) ? tab : 'readme';
		let at = panel === 'compare' ? chart.at || 0 : Math.max(0, index(rest));
		if (chart.at !== at || shown !== n)
			showVersion(n, at);
		if (panel === 'compare') {
			const [from, to] = rest.split('...').map(index);
			const second = to >= 0 ? to : at + 1 < chart.v.length ? at : at - 1;
			showComparison(n, from >= 0 ? from : second + 1, second);
		}
		selectTab(n, panel);
		document.title = chart.n + ' ' + chart.v[at].v + ' \u2013 ' + data.title;
		if (shown !== n) {
			shown = n;
			articles.forEach((a, i) => a.classList.toggle('open', i === n));
			$('#list').hidden = true;
			window.scrollTo(0, 0);
			$('h2', articles[n]).focus({ preventScroll: true });
		}
	};
	/* A heading of a README, or an article as the page names it without script. */
	const showElement = (id) => {
		const target = document.getElementById(id);
		const article = target && target.closest('.chart');
		if (!article) {
			if (id !== 'main')
				showList(shown < 0);
			return;
		}
		const n = Number(article.dataset.chart);
		if (shown !== n)
			showChart(n, '', '');
		else if (target !== article)
			selectTab(n, 'readme');
		if (target !== article)
			target.scrollIntoView();
	};
	const route = () => {
		const hash = location.hash;
		if (hash.startsWith('#/')) {
			const [name, tab, rest] = hash.slice(2).split('/').map(decode);
			const n = byName.get(name);
			if (n === undefined)
				showList(shown < 0);
			else
				showChart(n, tab || '', rest || '');
		} else if (hash.length > 1) {
			showElement(decode(hash.slice(1)));
		} else {
			showList(shown < 0);
		}
	};

	/* The list: search and order. */
	const texts = cards.map((card, i) => ({
		card,
		name: data.charts[i].n.toLowerCase(),
		all: (data.charts[i].n + ' ' + $('.what', card).textContent + ' ' + card.dataset.words + ' ' +
			$('.badges', card).textContent).toLowerCase(),
		day: card.dataset.day,
	}));
	const cardLink = (n) => (cards[n].hidden ? null : $('a', cards[n]));
	const rank = (t, words) => (words.some((w) => t.name === w) ? 0 : words.some((w) => t.name.startsWith(w)) ? 1
		: words.some((w) => t.name.includes(w)) ? 2 : 3);
	const filterCards = () => {
		const words = search.value.toLowerCase().split(/\s+/).filter((w) => w);
		const newest = $('#sort').value === 'day';
		const list = texts.map((t, i) => ({ t, i, hit: words.every((w) => t.all.includes(w)), rank: words.length ? rank(t, words) : 0 }));
		list.sort((x, y) => x.rank - y.rank || (newest ? (y.t.day > x.t.day) - (y.t.day < x.t.day) : 0) || x.i - y.i);
		for (const { t, hit } of list)
			t.card.hidden = !hit;
		$('.cards').append(...list.map((x) => x.t.card));
		const hits = list.filter((x) => x.hit).length;
		$('#found').textContent = words.length ? hits + ' of ' + plural(cards.length, 'chart', 'charts') : total;
		$('.nothing').hidden = hits > 0 || !cards.length;
	};
	const total = $('#found').textContent;
	const visible = () => $$('.cards .card').filter((c) => !c.hidden).map((c) => $('a', c));
	search.addEventListener('input', () => {
		if (shown >= 0) {
			history.pushState(null, '', '#/');
			showList(true);
		}
		filterCards();
	});
	search.addEventListener('keydown', (e) => {
		const first = visible()[0];
		if (e.key === 'Escape') {
			e.stopPropagation();
			e.preventDefault();
			if (search.value) {
				search.value = '';
				filterCards();
			} else {
				search.blur();
			}
		} else if (shown < 0 && first && (e.key === 'ArrowDown' || (e.key === 'Enter' && search.value))) {
			e.preventDefault();
			if (e.key === 'Enter')
				first.click();
			else
				first.focus();
		}
	});
	$('#sort').addEventListener('change', filterCards);
	$('#clear').addEventListener('click', () => {
		search.value = '';
		filterCards();
		search.focus();
	});

	/* Keys. In the list arrows move over the cards as they lie on the screen. */
	const moveOver = (links, at, key) => {
		const box = (a) => a.closest('.card').getBoundingClientRect();
		const here = box(links[at]);
		if (key === 'ArrowLeft' || key === 'ArrowRight')
			return links[at + (key === 'ArrowRight' ? 1 : -1)];
		if (key === 'Home' || key === 'End')
			return links[key === 'Home' ? 0 : links.length - 1];
		const down = key === 'ArrowDown';
		const beyond = links.filter((a) => (down ? box(a).top > here.top + 1 : box(a).top < here.top - 1));
		const row = beyond.length ? box(down ? beyond[0] : beyond[beyond.length - 1]).top : 0;
		const near = (a) => Math.abs(box(a).left - here.left);
		return beyond.filter((a) => Math.abs(box(a).top - row) < 2).sort((x, y) => near(x) - near(y))[0] || (down ? undefined : search);
	};
	document.addEventListener('keydown', (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented)
			return;
		const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
		if (e.key === '/' && !typing) {
			e.preventDefault();
			search.focus();
			search.select();
		} else if (e.key === 'Escape' && !typing && shown >= 0) {
			go('#/');
		} else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(e.key) && e.target.closest('.card')) {
			const links = visible();
			const next = moveOver(links, links.indexOf(e.target), e.key);
			if (next) {
				e.preventDefault();
				next.focus();
			}
		}
	});

	/* Ready. */
	cards.forEach((card, i) => $('a', card).setAttribute('href', place(i)));
	$$('.back a').forEach((a) => a.setAttribute('href', '#/'));
	$('.brand').setAttribute('href', '#/');
	$('[data-slot="repository"]').replaceChildren(command('helm repo add ' + word(data.alias) + ' ' + word(url)));
	window.addEventListener('hashchange', route);
	route();
});
