import GRDB

/// The named steps that bring a database to today's shape. A step that has shipped is never edited.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("sessions, agents and their events") { db in
            try db.execute(
                sql: """
                    CREATE TABLE session (
                        id TEXT PRIMARY KEY, title TEXT NOT NULL DEFAULT '', lead TEXT NOT NULL,
                        started_at TEXT NOT NULL, active_at TEXT NOT NULL, outcome TEXT,
                        permissions TEXT NOT NULL, model TEXT);
                    CREATE TABLE team (
                        id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id), name TEXT NOT NULL,
                        parent TEXT REFERENCES team(id), purpose TEXT NOT NULL DEFAULT '');
                    CREATE TABLE agent (
                        id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id), team TEXT NOT NULL REFERENCES team(id),
                        name TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL, spawned_by TEXT NOT NULL,
                        spawned_at TEXT NOT NULL, left_at TEXT, UNIQUE (session, name));
                    -- Everything an agent's machine ever handled, in order: the agent is rebuilt by handling it again.
                    CREATE TABLE agent_event (
                        agent TEXT NOT NULL REFERENCES agent(id), number INTEGER NOT NULL, event TEXT NOT NULL, time TEXT NOT NULL,
                        PRIMARY KEY (agent, number)) WITHOUT ROWID;
                    CREATE TABLE inbox_item (
                        id TEXT PRIMARY KEY, agent TEXT NOT NULL REFERENCES agent(id), sender TEXT NOT NULL, kind TEXT NOT NULL,
                        priority TEXT NOT NULL, text TEXT NOT NULL, queued_at TEXT NOT NULL, read_at TEXT, cause TEXT);
                    CREATE INDEX inbox_unread ON inbox_item (agent, id) WHERE read_at IS NULL;
                    CREATE TABLE task (
                        id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id), title TEXT NOT NULL, description TEXT NOT NULL,
                        status TEXT NOT NULL, assignee TEXT NOT NULL, creator TEXT NOT NULL, result TEXT NOT NULL DEFAULT '',
                        changed_at TEXT NOT NULL);
                    CREATE INDEX task_session ON task (session);
                    """)
        }
        migrator.registerMigration("signals and cursors") { db in
            try db.execute(
                sql: """
                    CREATE TABLE signal (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, session TEXT NOT NULL, type TEXT NOT NULL,
                        source TEXT NOT NULL, subject TEXT, team TEXT, cause TEXT, time TEXT NOT NULL, data TEXT NOT NULL);
                    CREATE INDEX signal_subject ON signal (subject) WHERE subject IS NOT NULL;
                    CREATE INDEX signal_session ON signal (session, sequence);
                    CREATE TABLE cursor (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
                    """)
        }
        migrator.registerMigration("questions, grants, effects and money") { db in
            try db.execute(
                sql: """
                    CREATE TABLE question (
                        id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id), question TEXT NOT NULL,
                        answer TEXT, answered_by TEXT, answered_at TEXT);
                    CREATE TABLE grant_rule (
                        session TEXT NOT NULL REFERENCES session(id), rule TEXT NOT NULL, granted_by TEXT NOT NULL, granted_at TEXT NOT NULL,
                        PRIMARY KEY (session, rule)) WITHOUT ROWID;
                    -- What an agent last saw of a file: a write over anything else is refused.
                    CREATE TABLE file_seen (
                        agent TEXT NOT NULL REFERENCES agent(id), path TEXT NOT NULL, hash TEXT NOT NULL,
                        PRIMARY KEY (agent, path)) WITHOUT ROWID;
                    -- What a call was about to do to the world, written before it did: after a crash this says what may have happened.
                    CREATE TABLE effect (
                        agent TEXT NOT NULL REFERENCES agent(id), call TEXT NOT NULL, number INTEGER NOT NULL, effect TEXT NOT NULL,
                        PRIMARY KEY (agent, call, number)) WITHOUT ROWID;
                    CREATE TABLE model_call (
                        id TEXT NOT NULL, session TEXT NOT NULL REFERENCES session(id), agent TEXT NOT NULL, model TEXT NOT NULL,
                        purpose TEXT NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL,
                        cache_write INTEGER NOT NULL, cost_usd REAL, time TEXT NOT NULL);
                    CREATE INDEX model_call_session ON model_call (session);
                    """)
        }
        migrator.registerMigration("plugins that act for themselves") { db in
            // Whoever acts has effects and has seen files, and not everybody is an agent with a row.
            try db.execute(
                sql: """
                    ALTER TABLE file_seen RENAME TO file_seen_of_agents;
                    CREATE TABLE file_seen (
                        agent TEXT NOT NULL, path TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (agent, path)) WITHOUT ROWID;
                    INSERT INTO file_seen SELECT agent, path, hash FROM file_seen_of_agents;
                    DROP TABLE file_seen_of_agents;
                    ALTER TABLE effect RENAME TO effect_of_agents;
                    CREATE TABLE effect (
                        agent TEXT NOT NULL, call TEXT NOT NULL, number INTEGER NOT NULL, effect TEXT NOT NULL,
                        PRIMARY KEY (agent, call, number)) WITHOUT ROWID;
                    INSERT INTO effect SELECT agent, call, number, effect FROM effect_of_agents;
                    DROP TABLE effect_of_agents;
                    """)
        }
        migrator.registerMigration("versions of plugins, and what they store") { db in
            try db.execute(
                sql: """
                    -- Texts of plugin files that were in use: numbers go on from one session to the next, and an old one can be put back.
                    CREATE TABLE plugin_version (
                        kind TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, latest INTEGER NOT NULL, root TEXT NOT NULL,
                        hash TEXT NOT NULL, status TEXT NOT NULL, time TEXT NOT NULL, source TEXT NOT NULL,
                        PRIMARY KEY (kind, name, number));
                    -- What plugins keep for themselves. A revision is never given out twice for a key, also after it was deleted.
                    CREATE TABLE plugin_data (
                        plugin TEXT NOT NULL, key TEXT NOT NULL, value TEXT, revision INTEGER NOT NULL, changed_at TEXT NOT NULL,
                        PRIMARY KEY (plugin, key)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("what model calls were for, and at what price") { db in
            // The price as JSON: dollars for a million tokens of each class; null where nobody knows it.
            try db.execute(
                sql: """
                    ALTER TABLE model_call ADD COLUMN reasoning INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE model_call ADD COLUMN team TEXT;
                    ALTER TABLE model_call ADD COLUMN task TEXT;
                    ALTER TABLE model_call ADD COLUMN price TEXT;
                    """)
        }
        migrator.registerMigration("what was learned of each model's tokens") { db in
            // The ratios as JSON, by kind of text: how many tokens for one of the built-in estimate, and how much that is in doubt.
            try db.execute(
                sql: """
                    CREATE TABLE token_estimate (
                        model TEXT PRIMARY KEY, replies INTEGER NOT NULL, ratios TEXT NOT NULL, changed_at TEXT NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("rights are sealed") { db in
            // By the user's key: a database that came with a project gives no rights.
            try db.execute(sql: "ALTER TABLE session ADD COLUMN seal TEXT; ALTER TABLE grant_rule ADD COLUMN seal TEXT;")
        }
        return migrator
    }
}
