extension Assets {
    /// The one script. The page is whole without it; this keeps it true while things happen.
    static let script = #"""
        // Keeps the page true: follows the event stream, fetches what changed, and fits it in without disturbing the reader.
        (() => {
            'use strict';
            const $ = (selector) => document.querySelector(selector);
            const all = (selector) => [...document.querySelectorAll(selector)];
            let last = Number(document.body.dataset.sequence);
            let wait = 500;

            // --- Fitting new content in: what has the focus, was typed or was unfolded stays as it is.

            const key = (node) => (node.nodeType === 1 && (node.dataset.key || node.id)) || '';
            const alike = (a, b) => a.nodeName === b.nodeName && key(a) === key(b)
                && (a.nodeType !== 1 || key(a) || a.classList[0] === b.classList[0]);

            function fit(have, want) {
                // What only the script puts there the server knows nothing of.
                if (have.hasAttribute('data-kept')) return;
                for (const { name, value } of want.attributes) {
                    if (name !== 'open' && have.getAttribute(name) !== value) have.setAttribute(name, value);
                }
                for (const { name } of [...have.attributes]) {
                    if (name !== 'open' && !want.hasAttribute(name)) have.removeAttribute(name);
                }
                fitChildren(have, want);
            }

            function fitChildren(have, want) {
                const wanted = new Set([...want.children].map(key));
                for (const child of [...have.children]) if (key(child) && !wanted.has(key(child))) child.remove();
                let at = have.firstChild;
                for (const next of [...want.childNodes]) {
                    let match = at;
                    while (match && !alike(match, next)) match = match.nextSibling;
                    if (!match) {
                        have.insertBefore(next, at);
                        continue;
                    }
                    while (at !== match && !key(at)) {
                        const gone = at;
                        at = at.nextSibling;
                        gone.remove();
                    }
                    if (at === match) at = at.nextSibling; else have.insertBefore(match, at);
                    if (next.nodeType === 1) fit(match, next);
                    else if (match.nodeValue !== next.nodeValue) match.nodeValue = next.nodeValue;
                }
                while (at) {
                    const gone = at;
                    at = at.nextSibling;
                    gone.remove();
                }
            }

            // --- Fetching what changed: one request a region at a time, started once a frame.

            const stale = new Set();
            const loading = new Set();
            let planned = false;

            function refresh(region) {
                stale.add(region);
                if (planned) return;
                planned = true;
                // A hidden page gets no frames; its title should be true all the same.
                if (document.hidden) setTimeout(load, 500); else requestAnimationFrame(load);
            }

            function load() {
                planned = false;
                for (const region of [...stale]) {
                    if (loading.has(region)) continue;
                    stale.delete(region);
                    loading.add(region);
                    fetchInto(region).catch(() => {}).finally(() => {
                        loading.delete(region);
                        if (stale.has(region)) refresh(region);
                    });
                }
            }

            async function fetchInto(region) {
                const feed = region.dataset.feed;
                const address = feed ? `${feed}&after=${region.dataset.sequence}` : region.dataset.fragment;
                const answer = await fetch(address);
                if (answer.status === 401) return ended();
                if (!answer.ok) return;
                const content = document.createElement('template');
                content.innerHTML = await answer.text();
                if (feed) {
                    // Another filter was chosen meanwhile.
                    if (region.dataset.feed !== feed) return;
                    region.dataset.sequence = answer.headers.get('Loomkin-Sequence');
                    region.prepend(content.content);
                    while (region.children.length > 300) region.lastElementChild.remove();
                } else {
                    fitChildren(region, content.content);
                    expect(region);
                }
                tell();
                tick();
            }

            /// What was not drawn in time for its page comes by itself.
            function expect(part) {
                for (const note of part.querySelectorAll('[data-late]')) refresh(note.closest('[data-fragment]'));
            }

            /// The title says how much waits for a person, so that a tab in the background can be seen to.
            function tell() {
                const header = $('[data-title]');
                if (header) document.title = header.dataset.title + ($('h1[data-page]') ? ' · ' + $('h1[data-page]').dataset.page : '');
            }

            // --- Following the signals.

            function connect() {
                const source = new EventSource(`/api/v1/events?after=${last}`);
                source.onopen = () => {
                    if (document.body.classList.contains('lost')) all('[data-fragment], [data-feed]').forEach(refresh);
                    document.body.classList.remove('lost');
                    $('#connection').textContent = '';
                    wait = 500;
                };
                source.onmessage = (event) => {
                    if (event.lastEventId) last = Number(event.lastEventId);
                    follow(JSON.parse(event.data));
                };
                source.onerror = () => {
                    source.close();
                    document.body.classList.add('lost');
                    $('#connection').textContent = 'Connection to loomkin lost: what you see may be old. Trying again …';
                    fetch('/fragments/header').then((answer) => { if (answer.status === 401) ended(); }, () => {});
                    setTimeout(() => { if (!over) connect(); }, wait);
                    wait = Math.min(wait * 2, 8000);
                };
            }

            let over = false;
            function ended() {
                over = true;
                document.body.classList.add('lost');
                $('#connection').textContent = 'This session of loomkin has ended. Open the address that loomkin printed last.';
            }

            /// Whether a topic fits a pattern, both cut into segments: * is one of them, ** any number.
            function fits([first, ...rest], topic) {
                if (first === undefined) return topic.length === 0;
                if (first === '**') return rest.length === 0 || topic.some((_, at) => fits(rest, topic.slice(at)));
                return topic.length > 0 && (first === '*' || first === topic[0]) && fits(rest, topic.slice(1));
            }

            function follow(signal) {
                const noun = signal.type.split('.')[0];
                speak(signal);
                if (signal.sequence === 0) return;
                const topic = [...(signal.team ? ['team', signal.team] : []), ...`${signal.source}/${signal.type}`.split('/')];
                for (const region of all('[data-topics]')) {
                    if (JSON.parse(region.dataset.topics).some((pattern) => fits(pattern.split('/'), topic))) refresh(region);
                }
                for (const region of all('[data-on]')) {
                    const { on, about } = region.dataset;
                    if (on !== '*' && !on.split(' ').includes(noun)) continue;
                    if (about && !['agent', 'to', 'from', 'call', 'plugin'].some((name) => signal.data[name] === about)) continue;
                    refresh(region);
                }
            }

            /// What an agent says while it says it. A new attempt makes what came before void.
            function speak({ type, data }) {
                const line = $('#speaking');
                if (!line || data.agent !== line.dataset.agent) return;
                if (type === 'agent.text.delta') {
                    const attempt = `${data.call}/${data.attempt}`;
                    if (line.dataset.attempt !== attempt) line.textContent = '';
                    line.dataset.attempt = attempt;
                    line.append(data.text);
                    line.hidden = false;
                } else if (/^(agent\.(said|finished|state)|model\.(retrying|failed))$/.test(type) && data.state !== 'thinking') {
                    line.textContent = '';
                    line.hidden = true;
                }
            }

            // --- Commands without leaving the page.

            document.addEventListener('submit', async (event) => {
                const form = event.target;
                if (form.method !== 'post') return;
                event.preventDefault();
                const fields = new URLSearchParams(new FormData(form));
                if (event.submitter && event.submitter.name) fields.append(event.submitter.name, event.submitter.value);
                form.setAttribute('aria-busy', 'true');
                try {
                    const headers = { Accept: 'application/json' };
                    const answer = await fetch(form.getAttribute('action'), { method: 'POST', headers, body: fields });
                    const isRead = answer.headers.get('Content-Type')?.startsWith('application/json');
                    if (!isRead) return say(`loomkin refused it unread: ${answer.status} ${answer.statusText}.`, true);
                    const { done, text, error } = await answer.json();
                    if (error) return say(`${error.message} ${error.hint}`, true);
                    if (form.hasAttribute('data-reset')) form.reset();
                    const output = $(`#${form.dataset.output}`);
                    if (!output) return say(done, false);
                    output.textContent = text || 'Done.';
                    output.hidden = false;
                } catch {
                    say('loomkin gave no answer: look whether it was done before you send it again.', true);
                } finally {
                    form.removeAttribute('aria-busy');
                }
            });

            let silence;
            function say(text, isBad) {
                const line = $('#said');
                line.textContent = text;
                line.classList.toggle('bad', isBad);
                clearTimeout(silence);
                silence = setTimeout(() => { line.textContent = ''; }, isBad ? 12000 : 5000);
            }

            document.addEventListener('keydown', (event) => {
                const isSend = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
                if (isSend && event.target.matches('textarea')) event.target.form.requestSubmit();
            });

            /// What the command being typed may become: names at once, arguments as its plugin says.
            document.addEventListener('input', async ({ target }) => {
                if (!target.matches('#line')) return;
                const typed = target.value;
                const [, start, name, word] = typed.match(/^(\/(\S+)\s(?:.*\s)?)(\S*)$/) || [];
                let words = all('[data-command]').map((row) => `/${row.dataset.command} `);
                if (name) {
                    const address = `/api/v1/commands/${encodeURIComponent(name)}/words?word=${encodeURIComponent(word)}`;
                    const answer = await fetch(address);
                    if (!answer.ok || target.value !== typed) return;
                    words = (await answer.json()).words.map((next) => start + next);
                }
                $('#line-words').replaceChildren(...words.map((value) => Object.assign(document.createElement('option'), { value })));
            });

            /// Filters change the feed in place, so that a half-written message stays.
            document.addEventListener('click', async (event) => {
                const link = event.target.closest('a[data-filter]');
                if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                const answer = await fetch(`/fragments/feed?show=${link.dataset.filter}`);
                if (!answer.ok) return;
                const content = document.createElement('template');
                content.innerHTML = await answer.text();
                fitChildren($('#feed-panel'), content.content);
                history.replaceState(null, '', link.href);
                tick();
            });

            // --- Times: relative, exact in the reader's own zone when pointed at.

            function ago(seconds) {
                if (seconds < 5) return 'now';
                if (seconds < 60) return `${Math.floor(seconds)} s ago`;
                if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
                if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
                return `${Math.floor(seconds / 86400)} d ago`;
            }

            function tick() {
                for (const time of all('time[datetime]')) {
                    const date = new Date(time.dateTime);
                    if (Number.isNaN(date.getTime())) continue;
                    const text = ago((Date.now() - date) / 1000);
                    if (time.textContent !== text) time.textContent = text;
                    const exact = date.toLocaleString();
                    if (time.title !== exact) time.title = exact;
                }
            }

            setInterval(tick, 5000);
            tick();
            tell();
            expect(document);
            connect();
        })();

        """#
}
