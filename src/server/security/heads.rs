//! Ends of the audit's chain, kept in a file beside the secret: whoever puts another database in the place of this one, an
//! older copy or one made anew, does not have these rows in it.
//!
//! The first line names the file, each further line is one head: `SEQ MAC TIME PROOF`. A proof covers its line and the proof
//! before it, so that no line can be changed, moved, or taken out of the middle without the key. Times are RFC 3339.

use super::secrets::{SecretError, hmac_sha256};
use super::tokens::{hex, random, same};
use crate::domain::time::Timestamp;
use std::io::Write;
use std::path::Path;

/// Lines that are kept, about 170 bytes each; the oldest go first. The newest alone vouches for every row before it.
const MOST: usize = 1_000;
const MARK: &str = "flagstaff-audit-heads";

/// The end of the chain at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    pub mac: String,
    pub at: Timestamp,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// Made with the file; random.
    pub id: String,
    /// Oldest first, up to the first line that is not as it was written.
    pub heads: Vec<Head>,
    /// The first line that is not as it was written, counted from 1.
    pub bad_line: Option<usize>,
    proofs: Vec<String>,
    /// The proof before the first head.
    before: String,
}

impl Heads {
    pub fn new(key: &[u8; 32]) -> Result<Self, SecretError> {
        let id = hex(&random::<8>()?);
        let before = begin(key, &id);
        Ok(Self { id, heads: Vec::new(), bad_line: None, proofs: Vec::new(), before })
    }

    /// Reads the file; `None` where there is none.
    pub fn read(path: &Path, key: &[u8; 32]) -> std::io::Result<Option<Self>> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Some(Self::parse(&String::from_utf8_lossy(&bytes), key))),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(why),
        }
    }

    fn parse(text: &str, key: &[u8; 32]) -> Self {
        let (first, lines) = text.split_once('\n').unwrap_or((text, ""));
        let words: Vec<&str> = first.split(' ').collect();
        let [mark, id, before, proof] = words[..] else { return Self::unreadable() };
        if mark != MARK || !same(proof, &titled(key, id, before)) {
            return Self::unreadable();
        }
        let (id, before) = (id.to_owned(), before.to_owned());
        let mut found = Self { id, heads: Vec::new(), bad_line: None, proofs: Vec::new(), before };
        for (at, line) in lines.split_terminator('\n').enumerate() {
            match found.read_line(line, key) {
                Some((head, proof)) => found.push(head, proof),
                None => return Self { bad_line: Some(at + 2), ..found },
            }
        }
        // A line that was cut short has no end.
        let is_whole = text.ends_with('\n');
        let last = found.heads.len() + 1;
        Self { bad_line: (!is_whole).then_some(last), ..found }
    }

    fn unreadable() -> Self {
        let none = String::new();
        Self { id: none.clone(), heads: Vec::new(), bad_line: Some(1), proofs: Vec::new(), before: none }
    }

    fn read_line(&self, line: &str, key: &[u8; 32]) -> Option<(Head, String)> {
        let words: Vec<&str> = line.split(' ').collect();
        let [seq, mac, at, proof] = words[..] else { return None };
        let head = Head { seq: seq.parse().ok()?, mac: mac.to_owned(), at: Timestamp::parse(at).ok()? };
        let is_ours = same(&prove(key, self.last_proof(), &claim(&head)), proof) && claim(&head) == format!("{seq} {mac} {at}");
        is_ours.then(|| (head, proof.to_owned()))
    }

    fn last_proof(&self) -> &str {
        self.proofs.last().unwrap_or(&self.before)
    }

    fn push(&mut self, head: Head, proof: String) {
        self.heads.push(head);
        self.proofs.push(proof);
    }

    pub fn newest(&self) -> Option<&Head> {
        self.heads.last()
    }

    /// Adds a head, and lets the oldest go where there are too many.
    pub fn add(&mut self, head: Head, key: &[u8; 32]) {
        let proof = prove(key, self.last_proof(), &claim(&head));
        self.push(head, proof);
        let surplus = self.heads.len().saturating_sub(MOST);
        self.heads.drain(..surplus);
        if let Some(last) = self.proofs.drain(..surplus).next_back() {
            self.before = last;
        }
    }

    /// Writes the file anew, for its owner alone (mode 0600): it is whole at every moment, whatever dies.
    pub fn write(&self, path: &Path, key: &[u8; 32]) -> std::io::Result<()> {
        let mut text = format!("{MARK} {} {} {}\n", self.id, self.before, titled(key, &self.id, &self.before));
        for (head, proof) in self.heads.iter().zip(&self.proofs) {
            text.push_str(&format!("{} {proof}\n", claim(head)));
        }
        let partial = path.with_extension("heads.partial");
        let _ = std::fs::remove_file(&partial);
        let mut file = super::secrets::private_file(&partial)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&partial, path)
    }
}

fn claim(head: &Head) -> String {
    format!("{} {} {}", head.seq, head.mac, head.at)
}

fn begin(key: &[u8; 32], id: &str) -> String {
    prove(key, "", id)
}

fn titled(key: &[u8; 32], id: &str, before: &str) -> String {
    prove(key, before, &format!("{MARK} {id}"))
}

fn prove(key: &[u8; 32], before: &str, claim: &str) -> String {
    hex(&hmac_sha256(key, &[b"kept head ", before.as_bytes(), b" ", claim.as_bytes()]))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn head(seq: i64) -> Head {
        Head { seq, mac: format!("{seq:064}"), at: Timestamp::from_millis(seq * 60_000) }
    }

    fn kept(count: i64) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.heads");
        let mut heads = Heads::new(&KEY).unwrap();
        (1..=count).for_each(|seq| heads.add(head(seq), &KEY));
        heads.write(&path, &KEY).unwrap();
        (folder, path)
    }

    #[test]
    fn what_is_written_is_read_and_the_oldest_go_first() {
        for (count, first) in [(0, None), (1, Some(1)), (5, Some(1)), (1_003, Some(4))] {
            let (_folder, path) = kept(count);
            let read = Heads::read(&path, &KEY).unwrap().unwrap();
            assert_eq!((read.bad_line, read.heads.first().map(|head| head.seq)), (None, first));
            assert_eq!(read.newest().map(|head| head.seq), Some(count).filter(|count| *count > 0));
        }
        assert_eq!(Heads::read(Path::new("/nowhere/audit.heads"), &KEY).unwrap(), None);
    }

    #[test]
    fn every_byte_counts() {
        let (_folder, path) = kept(4);
        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            std::fs::write(&path, &other).unwrap();
            let read = Heads::read(&path, &KEY).unwrap().unwrap();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            assert_eq!(read.bad_line, Some(line), "byte {at}");
            assert_eq!(read.heads.len(), line.saturating_sub(2), "those before it still count");
        }
    }

    #[test]
    fn lines_cannot_be_taken_out_or_moved() {
        let (_folder, path) = kept(4);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let write =
            |order: &[usize]| std::fs::write(&path, order.iter().map(|at| format!("{}\n", lines[*at])).collect::<String>());
        for (order, bad) in [(&[0, 2, 3, 4][..], 2), (&[0, 1, 3, 4], 3), (&[0, 1, 3, 2, 4], 3), (&[1, 2], 1), (&[0, 1, 1], 3)] {
            write(order).unwrap();
            assert_eq!(Heads::read(&path, &KEY).unwrap().unwrap().bad_line, Some(bad), "{order:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path) = kept(1);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
