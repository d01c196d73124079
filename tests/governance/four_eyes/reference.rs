//! The rules of change requests once more, in as few words as they take: what the model of [`super::model`] goes by.

use super::*;
use std::collections::BTreeSet;

/// Splitmix64, so that a failure can be walked again: `MODEL_SEED` says from where.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

/// What came of a step, as far as the model speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Done,
    Refused,
    /// Refused for now: others look at it first.
    Asks,
    Requested(i64),
}

/// What somebody wants of a flag: on, with this share of everybody else, and whether it asks for the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub enabled: bool,
    pub share: u16,
    pub segment: bool,
}

#[derive(Debug, Clone, Copy)]
pub enum Step {
    Open {
        who: usize,
        flag: usize,
        wanted: Wanted,
        anyway: bool,
    },
    Edit {
        who: usize,
        request: i64,
        flag: usize,
        wanted: Wanted,
    },
    Approve {
        who: usize,
        request: i64,
    },
    Object {
        who: usize,
        request: i64,
    },
    Withdraw {
        who: usize,
        request: i64,
    },
    Reopen {
        who: usize,
        request: i64,
    },
    Apply {
        who: usize,
        request: i64,
    },
    Review {
        who: usize,
        request: i64,
    },
    Save {
        who: usize,
        flag: usize,
        wanted: Wanted,
    },
    Off {
        who: usize,
        flag: usize,
    },
    Segment {
        who: usize,
        size: usize,
    },
    /// 0: no review.
    Quorum {
        who: Option<usize>,
        quorum: u8,
    },
    SetRole {
        whom: usize,
        role: Role,
    },
    Disable {
        whom: usize,
        disabled: bool,
    },
}

// The model.

pub struct Human {
    pub role: Role,
    pub disabled: bool,
}

pub struct Paper {
    pub hands: BTreeSet<usize>,
    pub author: usize,
    pub status: Status,
    pub quorum: u8,
    pub flag: usize,
    pub wanted: Wanted,
    pub base: i64,
    /// Edits and re-openings, either of which ends what was said before.
    pub edition: u32,
    /// Whether each said yes, of which edition and which segment.
    pub said: BTreeMap<usize, (bool, u32, u32)>,
    pub after_review: bool,
}

pub struct Model {
    pub people: Vec<Human>,
    pub flags: Vec<(Wanted, i64)>,
    pub segment: (usize, u32),
    pub quorum: u8,
    pub papers: BTreeMap<i64, Paper>,
}

impl Model {
    pub fn may(&self, who: usize, least: Role) -> bool {
        !self.people[who].disabled && self.people[who].role >= least
    }
    pub fn leans(&self, paper: &Paper) -> u32 {
        if paper.wanted.segment { self.segment.1 } else { 0 }
    }
    pub fn verdicts(&self, paper: &Paper, yes: bool) -> usize {
        let now = (yes, paper.edition, self.leans(paper));
        let counts = |(who, said): &(&usize, &(bool, u32, u32))| {
            **said == now && self.may(**who, Role::Approver) && !paper.hands.contains(*who)
        };
        paper.said.iter().filter(counts).count()
    }
    pub fn is_approved(&self, paper: &Paper) -> bool {
        self.verdicts(paper, false) == 0 && self.verdicts(paper, true) >= usize::from(paper.quorum.max(self.quorum))
    }
    pub fn put(&mut self, flag: usize, wanted: Wanted) {
        self.flags[flag] = (wanted, self.flags[flag].1 + 1);
    }
    pub fn paper(&mut self, who: usize, flag: usize, wanted: Wanted, quorum: u8) -> i64 {
        let number = self.papers.len() as i64 + 1;
        let (hands, status, base) = (BTreeSet::from([who]), Status::Open, self.flags[flag].1);
        let (edition, said, after_review) = (1, BTreeMap::new(), false);
        let paper = Paper { hands, author: who, status, quorum, flag, wanted, base, edition, said, after_review };
        self.papers.insert(number, paper);
        number
    }

    pub fn take(&mut self, step: Step) -> Came {
        let ok = |done: bool| if done { Came::Done } else { Came::Refused };
        match step {
            Step::Save { who, .. } | Step::Open { who, .. } | Step::Edit { who, .. } | Step::Off { who, .. }
                if !self.may(who, Role::Editor) =>
            {
                Came::Refused
            }
            Step::Save { flag, wanted, .. } if self.flags[flag].0 == wanted => Came::Done,
            Step::Save { .. } if self.quorum > 0 => Came::Asks,
            Step::Save { flag, wanted, .. } => {
                self.put(flag, wanted);
                Came::Done
            }
            Step::Open { flag, wanted, anyway, .. } if self.flags[flag].0 == wanted => ok(!anyway),
            Step::Open { flag, wanted, anyway: false, .. } if self.quorum == 0 => {
                self.put(flag, wanted);
                Came::Done
            }
            Step::Open { who, flag, wanted, .. } => Came::Requested(self.paper(who, flag, wanted, self.quorum.max(1))),
            Step::Edit { who, request, flag, wanted } => {
                let ((live, version), quorum) = (self.flags[flag], self.quorum);
                let paper = self.papers.get_mut(&request).unwrap();
                if live == wanted || paper.status != Status::Open {
                    return Came::Refused;
                }
                paper.hands.insert(who);
                (paper.flag, paper.wanted, paper.base) = (flag, wanted, version);
                (paper.edition, paper.quorum) = (paper.edition + 1, paper.quorum.max(quorum));
                Came::Requested(request)
            }
            Step::Off { who, flag } => {
                let (live, _) = self.flags[flag];
                if live.enabled {
                    let off = Wanted { enabled: false, ..live };
                    if self.quorum > 0 {
                        let number = self.paper(who, flag, off, self.quorum);
                        let paper = self.papers.get_mut(&number).unwrap();
                        (paper.status, paper.after_review) = (Status::Applied, true);
                    }
                    self.put(flag, off);
                }
                Came::Done
            }
            Step::Approve { who, request } | Step::Object { who, request } => {
                let (may, leans) = (self.may(who, Role::Approver), self.leans(&self.papers[&request]));
                let paper = self.papers.get_mut(&request).unwrap();
                let may = may && paper.status == Status::Open && !paper.hands.contains(&who);
                if may {
                    let yes = matches!(step, Step::Approve { .. });
                    paper.said.insert(who, (yes, paper.edition, leans));
                }
                ok(may)
            }
            Step::Withdraw { who, request } | Step::Reopen { who, request } => {
                let (from, to) = match step {
                    Step::Withdraw { .. } => (Status::Open, Status::Withdrawn),
                    _ => (Status::Withdrawn, Status::Open),
                };
                let (may, admin) = (self.may(who, Role::Viewer), self.may(who, Role::Admin));
                let paper = self.papers.get_mut(&request).unwrap();
                let may = may && paper.status == from && (admin || paper.hands.contains(&who));
                if may {
                    paper.status = to;
                    paper.edition += u32::from(to == Status::Open);
                }
                ok(may)
            }
            Step::Apply { who, request } => {
                let paper = &self.papers[&request];
                let (flag, wanted) = (paper.flag, paper.wanted);
                let may = self.may(who, Role::Editor)
                    && paper.status == Status::Open
                    && self.may(paper.author, Role::Editor)
                    && self.flags[flag].1 == paper.base
                    && self.is_approved(paper);
                if may {
                    self.put(flag, wanted);
                    self.papers.get_mut(&request).unwrap().status = Status::Applied;
                }
                ok(may)
            }
            Step::Review { who, request } => {
                let may = self.may(who, Role::Approver);
                let paper = self.papers.get_mut(&request).unwrap();
                let may = may && paper.after_review && !paper.hands.contains(&who);
                paper.after_review &= !may;
                ok(may)
            }
            Step::Segment { who, size } => {
                if !self.may(who, Role::Editor) {
                    return Came::Refused;
                }
                let guarded = self.quorum > 0 && self.flags.iter().any(|(live, _)| live.segment);
                if size != self.segment.0 && guarded {
                    return Came::Asks;
                }
                if size != self.segment.0 {
                    self.segment = (size, self.segment.1 + 1);
                }
                Came::Done
            }
            Step::Quorum { who: Some(who), .. } if !self.may(who, Role::Admin) => Came::Refused,
            Step::Quorum { who: Some(_), quorum } if self.quorum > 0 && self.quorum != quorum => Came::Asks,
            Step::Quorum { quorum, .. } => {
                self.quorum = quorum;
                Came::Done
            }
            Step::SetRole { whom, role } => {
                self.people[whom].role = role;
                Came::Done
            }
            Step::Disable { whom, disabled } => {
                self.people[whom].disabled = disabled;
                Came::Done
            }
        }
    }
}
