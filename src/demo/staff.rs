//! Workers: who looks after the households. The first of them opens the console.

use super::Demo;
use super::names;
use super::stream::{Stream, Topic};
use crate::domain::id::{DeviceId, OrgId, RecordId, WorkerId};
use crate::domain::id_number::Sex;
use crate::domain::record::Record;
use crate::domain::region::RegionCode;
use crate::domain::worker::{Role, Worker};

/// A post, each kind with a series of its own.
#[derive(Debug, Clone, Copy)]
enum Post {
    Grid,
    Cadre,
    Party,
    Social,
    Volunteer,
    Charity,
    CivilAffairs,
    Department,
    Auditor,
    Observer,
}

/// Villages that share one party member.
const VILLAGES_PER_PARTY_MEMBER: usize = 4;
/// The name of the worker who opens the console.
const FIRST: &str = "林晓燕";

impl Demo {
    /// The grid worker of a village. The first village's is the demo's own worker.
    pub(super) fn grid_worker(&self, village: usize) -> WorkerId {
        self.post(Post::Grid, village)
    }

    /// The officer who keeps a county's claims.
    pub(super) fn charity_officer(&self, county: usize) -> WorkerId {
        self.post(Post::Charity, county)
    }

    /// The five who look after a household (祝建华: 1+5): village cadre, party member, social worker, grid worker,
    /// volunteer.
    pub(super) fn team(&self, village: usize, household: usize) -> [WorkerId; 5] {
        let volunteers = self.size.volunteers();
        // A village's share of the volunteers, turn by turn.
        let villages = self.places.villages.len();
        let (start, end) = (village * volunteers / villages, (village + 1) * volunteers / villages);
        let volunteer = (start + household % (end - start).max(1)).min(volunteers.saturating_sub(1));
        let point = self.places.counties.len() + self.places.towns.len() + village;
        [
            self.post(Post::Cadre, village),
            self.post(Post::Party, village / VILLAGES_PER_PARTY_MEMBER),
            self.post(Post::Social, point),
            self.grid_worker(village),
            self.post(Post::Volunteer, volunteer),
        ]
    }

    /// The device of a village's point. Its tag in business numbers is the village's own.
    pub(super) fn device(&self, village: usize) -> DeviceId {
        let mut bytes = Stream::of(self.seed, Topic::Device, village as u64).id(self.at(0, 0)).bytes();
        for (place, byte) in bytes[12..].iter_mut().enumerate() {
            *byte = ((village >> (5 * (3 - place))) & 31) as u8; // see `numbering::device_tag`
        }
        DeviceId(RecordId(uuid::Uuid::from_bytes(bytes)))
    }

    /// Every worker, the demo's own first.
    pub(super) fn workers(&self) -> Vec<Record> {
        let places = &self.places;
        let village = |index: usize| vec![places.villages[index].code.clone()];
        let mut out = Vec::new();
        for index in 0..places.villages.len() {
            let regions = if index == 0 { vec![places.root()] } else { village(index) };
            out.push(self.worker_record(Post::Grid, index, regions, self.town_hall(places.villages[index].town)));
        }
        for index in 0..places.villages.len() {
            out.push(self.worker_record(
                Post::Cadre,
                index,
                village(index),
                self.town_hall(places.villages[index].town),
            ));
        }
        for index in 0..places.villages.len().div_ceil(VILLAGES_PER_PARTY_MEMBER) {
            let first = index * VILLAGES_PER_PARTY_MEMBER;
            let end = (first + VILLAGES_PER_PARTY_MEMBER).min(places.villages.len());
            let regions = (first..end).flat_map(village).collect();
            out.push(self.worker_record(Post::Party, index, regions, None));
        }
        for (index, (region, county)) in self.station_places().into_iter().enumerate() {
            out.push(self.worker_record(Post::Social, index, vec![region], Some(self.social_work(county))));
        }
        for index in 0..self.size.volunteers() {
            let home = index * places.villages.len() / self.size.volunteers();
            out.push(self.worker_record(Post::Volunteer, index, village(home), None));
        }
        for (index, county) in places.counties.iter().enumerate() {
            let regions = vec![county.code.clone()];
            for post in [Post::Charity, Post::CivilAffairs, Post::Department] {
                let org = match post {
                    Post::Charity => self.federation(index),
                    _ => self.civil_affairs(index),
                };
                out.push(self.worker_record(post, index, regions.clone(), Some(org)));
            }
        }
        for (index, town) in places.towns.iter().enumerate() {
            out.push(self.worker_record(Post::Observer, index, vec![town.code.clone()], None));
        }
        out.push(self.worker_record(Post::Auditor, 0, vec![places.root()], None));
        out
    }

    fn post(&self, post: Post, index: usize) -> WorkerId {
        self.post_stream(post, index).id(self.at(super::BEGUN, 8 * 60)).into()
    }

    fn post_stream(&self, post: Post, index: usize) -> Stream {
        Stream::of(self.seed, Topic::Worker, post as u64 * 1_000_000 + index as u64)
    }

    fn worker_record(&self, post: Post, index: usize, regions: Vec<RegionCode>, org: Option<OrgId>) -> Record {
        let mut stream = self.post_stream(post, index);
        let id = WorkerId::from(stream.id(self.at(super::BEGUN, 8 * 60)));
        let first = matches!(post, Post::Grid) && index == 0;
        let (sex, age) = (if stream.percent(46) { Sex::Male } else { Sex::Female }, stream.between(26, 58) as u32);
        let surname = names::surname(&mut stream);
        let name = names::full(&mut stream, surname, sex, age);
        let mut worker = Worker {
            id,
            name: if first { FIRST.to_owned() } else { name },
            role: post.role(),
            org,
            regions,
            phone: super::member::phone(&mut stream),
            is_party_member: matches!(post, Post::Party) || stream.percent(31),
            active: true,
            ..Worker::default()
        };
        worker.meta.rev = 1;
        worker.meta.by = id;
        worker.meta.hlc = crate::domain::moment::Hlc::at(self.at(0, 0));
        worker.into()
    }
}

impl Post {
    fn role(self) -> Role {
        match self {
            Post::Grid => Role::GridWorker,
            Post::Cadre => Role::VillageCadre,
            Post::Party => Role::PartyMember,
            Post::Social => Role::SocialWorker,
            Post::Volunteer => Role::Volunteer,
            Post::Charity => Role::CharityOfficer,
            Post::CivilAffairs => Role::CivilAffairs,
            Post::Department => Role::DepartmentOfficer,
            Post::Auditor => Role::Auditor,
            Post::Observer => Role::ClanObserver,
        }
    }
}
