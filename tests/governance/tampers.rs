//! What somebody can do to the files of an installation without its secret, at random places.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use std::path::Path;

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.at(all.len())]
    }
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        *self.one_of(of)
    }
    /// An index below `length`.
    fn at(&mut self, length: usize) -> usize {
        usize::try_from(self.below(i64::try_from(length).unwrap())).unwrap()
    }
}

/// What was done, and the row that must be named for it; `None` where the rows themselves are sound.
pub struct Done {
    pub what: String,
    pub first_bad: Option<i64>,
}

pub struct Tamper {
    pub name: &'static str,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    Flip,
    Empty,
    NoNumber,
    Delete,
    Insert,
    Forge,
    Repeat,
    Swap,
    SwapContents,
    Cut,
    CutToAHead,
    NoHead,
    OtherHead,
    Database(&'static str),
    Stub,
    NoStub,
    Front,
    LongerStub,
    HeadsFlip,
    HeadsLine,
    HeadsCut,
    NoHeads,
    HeadsRecord,
}

const fn kind(name: &'static str, how: How) -> Tamper {
    Tamper { name, how }
}

pub static KINDS: [Tamper; 24] = [
    kind("a_flipped_bit_is_found", How::Flip),
    kind("an_emptied_field_is_found", How::Empty),
    kind("a_number_that_is_no_number_is_found", How::NoNumber),
    kind("a_deleted_row_is_found", How::Delete),
    kind("a_forged_row_between_is_found", How::Insert),
    kind("a_forged_row_at_the_end_is_found", How::Forge),
    kind("a_copied_row_at_the_end_is_found", How::Repeat),
    kind("two_rows_in_each_others_place_are_found", How::Swap),
    kind("two_contents_in_each_others_place_are_found", How::SwapContents),
    kind("a_cut_tail_is_found", How::Cut),
    kind("a_cut_tail_with_an_older_head_is_found", How::CutToAHead),
    kind("a_head_record_that_is_gone_is_found", How::NoHead),
    kind("a_changed_head_record_is_found", How::OtherHead),
    kind("an_older_database_is_found", How::Database("older.db")),
    kind("an_older_database_of_after_a_pruning_is_found", How::Database("newer.db")),
    kind("a_changed_stub_is_found", How::Stub),
    kind("a_deleted_stub_is_found", How::NoStub),
    kind("a_cut_beginning_is_found", How::Front),
    kind("a_cut_beginning_with_a_longer_stub_is_found", How::LongerStub),
    kind("a_flipped_bit_in_the_heads_is_found", How::HeadsFlip),
    kind("a_line_out_of_the_heads_is_found", How::HeadsLine),
    kind("lines_cut_off_the_heads_are_found", How::HeadsCut),
    kind("heads_that_are_gone_are_found", How::NoHeads),
    kind("a_changed_record_of_the_heads_is_found", How::HeadsRecord),
];

/// All but `seq`.
const COLUMNS: &str = "at, actor, action, project, environment, object, before, after, reason, mac";
const TEXTS: [&str; 10] = ["at", "actor", "action", "project", "environment", "object", "before", "after", "reason", "mac"];

impl Tamper {
    pub async fn tamper(&self, folder: &Path, random: &mut Random) -> Done {
        match self.how {
            How::Database(copy) => {
                std::fs::copy(folder.join(copy), folder.join("flagstaff.db")).unwrap();
                Done { what: copy.to_owned(), first_bad: None }
            }
            How::HeadsFlip | How::HeadsLine | How::HeadsCut | How::NoHeads => self.heads(&folder.join("audit.heads"), random),
            _ => {
                let mut database = Database::open(&folder.join("flagstaff.db")).await;
                let done = self.rows(&mut database, random).await;
                database.connection.close().await.unwrap();
                done
            }
        }
    }

    fn heads(&self, path: &Path, random: &mut Random) -> Done {
        let mut bytes = std::fs::read(path).unwrap();
        let lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let line = 1 + random.at(lines.len() - 2);
        match self.how {
            How::NoHeads => std::fs::remove_file(path).unwrap(),
            How::HeadsFlip => {
                let at = random.at(bytes.len());
                bytes[at] ^= 1 << random.below(8);
                std::fs::write(path, bytes).unwrap();
            }
            How::HeadsLine => {
                let left = [&lines[..line], &lines[line + 1..]].concat();
                std::fs::write(path, left.concat()).unwrap();
            }
            _ => std::fs::write(path, lines[..line].concat()).unwrap(),
        }
        Done { what: format!("line {line}"), first_bad: None }
    }

    async fn rows(&self, database: &mut Database, random: &mut Random) -> Done {
        let (first, last) = (database.first, database.last);
        let row = first + random.below(last - first + 1);
        // Never the last one.
        let inner = first + random.below(last - first);
        match self.how {
            How::Flip => return database.flip(row, random).await,
            How::Empty => {
                let column = random.one(&["before", "after", "reason", "actor", "object", "mac"]);
                database.run(format!("update audit_log set {column} = '' where seq = {row}")).await;
                return Done { what: format!("{column} of {row}"), first_bad: Some(row) };
            }
            How::NoNumber => {
                let value = random.one(&["'x'", "null", "x'00ff'", "1.5"]);
                database.run(format!("update audit_log set seq = {value} where seq = {row}")).await;
                return Done { what: format!("{row} is now {value}"), first_bad: None };
            }
            How::Delete => database.run(format!("delete from audit_log where seq = {row}")).await,
            How::Insert => {
                database.run(format!("update audit_log set seq = -1 - seq where seq >= {row}")).await;
                database.run("update audit_log set seq = -seq where seq < 0".to_owned()).await;
                let from = if row == first { last + 1 } else { first };
                database.copy(from, row).await;
            }
            How::Forge | How::Repeat => {
                database.copy(inner, last + 1).await;
                if matches!(self.how, How::Forge) {
                    let mac = format!("{:064x}", random.next());
                    database.run(format!("update audit_log set mac = '{mac}' where seq = {}", last + 1)).await;
                    let head = format!("{} {mac} {mac}", last + 1);
                    database.run(format!("update instance set value = '{head}' where name = 'audit_head'")).await;
                }
                return Done { what: format!("{inner} again"), first_bad: Some(last + 1) };
            }
            How::Swap | How::SwapContents => return database.swap(inner, row, matches!(self.how, How::Swap)).await,
            How::Cut => {
                database.run(format!("delete from audit_log where seq > {inner}")).await;
                return Done { what: format!("after {inner}"), first_bad: Some(inner + 1) };
            }
            How::CutToAHead => return database.cut_to_a_head().await,
            _ => return self.records(database, random).await,
        }
        Done { what: format!("row {row}"), first_bad: Some(row) }
    }

    async fn records(&self, database: &mut Database, random: &mut Random) -> Done {
        let (first, last) = (database.first, database.last);
        let cut = first + 1 + random.below(last - first - 1);
        let mut first_bad = None;
        match self.how {
            How::NoHead => {
                database.run("delete from instance where name = 'audit_head'".to_owned()).await;
                first_bad = Some(last + 1);
            }
            How::OtherHead => {
                let value = random.one(&["upper(value)", "'1' || value", "substr(value, 2)", "value || ' '", "''"]);
                database.run(format!("update instance set value = {value} where name = 'audit_head'")).await;
            }
            How::Stub => {
                let (column, value) = random.one(&[
                    ("first_seq", "first_seq + 1"),
                    ("last_seq", "last_seq - 1"),
                    ("last_at", "'2020-01-01T00:00:00.000Z'"),
                    ("last_mac", "lower(hex(randomblob(32)))"),
                    ("at", "'2020-01-01T00:00:00.000Z'"),
                    ("days", "365"),
                    ("days", "'x'"),
                    ("proof", "last_mac"),
                ]);
                let stub = random.one(&["min", "max"]);
                let one = format!("first_seq = (select {stub}(first_seq) from audit_stub)");
                database.run(format!("update audit_stub set {column} = {value} where {one}")).await;
            }
            How::NoStub => {
                let which = random.one(&["1 = 1", "first_seq = 1", "first_seq > 1"]);
                database.run(format!("delete from audit_stub where {which}")).await;
            }
            How::Front => {
                database.run(format!("delete from audit_log where seq < {cut}")).await;
                first_bad = Some(first);
            }
            How::LongerStub => {
                let of = |column: &str| format!("(select {column} from audit_log where seq = {cut} - 1)");
                let set = format!("last_seq = {cut} - 1, last_mac = {}, last_at = {}", of("mac"), of("at"));
                database.run(format!("update audit_stub set {set} where last_seq = {first} - 1")).await;
                database.run(format!("delete from audit_log where seq < {cut}")).await;
            }
            _ => {
                let value = random.one(&["'1 ' || value", "'100000' || value", "''", "value || 'x'"]);
                database.run(format!("update instance set value = {value} where name like 'audit.heads.%'")).await;
            }
        }
        Done { what: format!("records, {cut}"), first_bad }
    }
}

/// The file, without what the server's database refuses.
struct Database {
    connection: SqliteConnection,
    first: i64,
    last: i64,
}

impl Database {
    async fn open(file: &Path) -> Self {
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
        let triggers = "select name from sqlite_master where type = 'trigger'";
        let names: Vec<String> = sqlx::query_scalar(triggers).fetch_all(&mut connection).await.unwrap();
        assert!(names.len() >= 6, "{names:?}");
        for name in names {
            sqlx::query(AssertSqlSafe(format!("drop trigger {name}"))).execute(&mut connection).await.unwrap();
        }
        let ends = "select min(seq), max(seq) from audit_log";
        let (first, last) = sqlx::query_as(ends).fetch_one(&mut connection).await.unwrap();
        Self { connection, first, last }
    }

    /// Does something, and not nothing.
    async fn run(&mut self, sql: String) {
        let done = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut self.connection).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
    }

    async fn copy(&mut self, from: i64, to: i64) {
        let columns = format!("seq, {COLUMNS}");
        self.run(format!("insert into audit_log ({columns}) select {to}, {COLUMNS} from audit_log where seq = {from}")).await;
    }

    /// One bit of one field; where there is nothing in it, something.
    async fn flip(&mut self, row: i64, random: &mut Random) -> Done {
        let column = random.one(&TEXTS);
        let select = format!("select cast({column} as blob) from audit_log where seq = {row}");
        let stored: Option<Vec<u8>> = sqlx::query_scalar(AssertSqlSafe(select)).fetch_one(&mut self.connection).await.unwrap();
        let mut bytes = stored.unwrap_or_default();
        if bytes.is_empty() {
            bytes.push(b' ');
        } else {
            let at = random.at(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        let update = format!("update audit_log set {column} = cast($1 as text) where seq = {row}");
        sqlx::query(AssertSqlSafe(update)).bind(bytes).execute(&mut self.connection).await.unwrap();
        Done { what: format!("{column} of {row}"), first_bad: Some(row) }
    }

    /// Two rows change places: whole, or all but their macs.
    async fn swap(&mut self, one: i64, other: i64, is_whole: bool) -> Done {
        let other = if one == other { one + 1 } else { other };
        let (a, b) = (one.min(other), one.max(other));
        self.run(format!("update audit_log set seq = -seq where seq in ({a}, {b})")).await;
        self.run(format!("update audit_log set seq = case seq when -{a} then {b} else {a} end where seq < 0")).await;
        if !is_whole {
            let macs = format!("select mac from audit_log where seq in ({a}, {b}) order by seq");
            let macs: Vec<String> = sqlx::query_scalar(AssertSqlSafe(macs)).fetch_all(&mut self.connection).await.unwrap();
            for (seq, mac) in [(a, &macs[1]), (b, &macs[0])] {
                self.run(format!("update audit_log set mac = '{mac}' where seq = {seq}")).await;
            }
        }
        Done { what: format!("{a} and {b}"), first_bad: Some(a) }
    }

    /// Back to a genuine earlier end, record and all: what an attacker has who kept an old copy.
    async fn cut_to_a_head(&mut self) -> Done {
        let file: String = sqlx::query_scalar("select file from pragma_database_list where name = 'main'")
            .fetch_one(&mut self.connection)
            .await
            .unwrap();
        let older = Path::new(&file).with_file_name("newer.db");
        let mut older = SqliteConnectOptions::new().filename(older).connect().await.unwrap();
        let select = "select value from instance where name = 'audit_head'";
        let head: String = sqlx::query_scalar(select).fetch_one(&mut older).await.unwrap();
        older.close().await.unwrap();
        let seq: i64 = head.split(' ').next().unwrap().parse().unwrap();
        self.run(format!("update instance set value = '{head}' where name = 'audit_head'")).await;
        self.run(format!("delete from audit_log where seq > {seq}")).await;
        Done { what: format!("after {seq}"), first_bad: None }
    }
}
