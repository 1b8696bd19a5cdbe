//! What people ask of a room, and what follows from changed settings. Every request passes [`may`] first.

use super::actor::Room;
use super::messages::Request;
use super::people::Person;
use crate::authority::{Action, Place, may};
use crate::participant::{ComeIn, Farewell, Notice, ParticipantId, Refusal};
use crate::store::{DrawingRight, LobbyPolicy, RoomRecord};
use crate::whiteboard::{HiddenCursors, HideCursors, SetKeeping, SetRight};
use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};

impl Room {
    /// Does what `from` asks, or says why not.
    pub(super) fn consider(
        &mut self,
        from: &ParticipantId,
        request: Request,
        ctx: &mut Context<Self>,
    ) -> Result<(), Refusal> {
        match request {
            Request::SetMedia(media) => self.change(from, |person| person.media = media),
            Request::SetAway(away) => self.change(from, |person| person.away = away),
            Request::Leave => self.depart(from, None),
            Request::Admit(who) => {
                self.check_moderator(from)?;
                self.admit(&who, ctx)?;
            }
            Request::AdmitAll => {
                self.check_moderator(from)?;
                for who in self.everyone_waiting() {
                    self.admit(&who, ctx)?;
                }
            }
            Request::Refuse(who) => {
                self.check_moderator(from)?;
                self.turn_away(&who, Place::Waiting, Farewell::Refused)?;
            }
            Request::RefuseAll => {
                self.check_moderator(from)?;
                for who in self.everyone_waiting() {
                    self.turn_away(&who, Place::Waiting, Farewell::Refused)?;
                }
            }
            Request::Remove(who) => {
                self.check_moderator(from)?;
                self.turn_away(&who, Place::Inside, Farewell::Removed)?;
            }
            Request::Configure { drawing, cursors, keeping } => {
                self.check_moderator(from)?;
                if keeping.is_some_and(|keeping| !keeping.is_valid()) {
                    return Err(Refusal::KeepingInvalid);
                }
                let configure = move |record: &mut RoomRecord| {
                    record.drawing = drawing.unwrap_or(record.drawing);
                    record.cursors = cursors.unwrap_or(record.cursors);
                    record.keeping = keeping.unwrap_or(record.keeping);
                };
                self.save(from.clone(), configure, ctx);
            }
            Request::MakePresenter(who) => {
                self.check(from, Action::HandOver)?;
                let changed = self.people.make_presenter(&who).ok_or(Refusal::ParticipantUnknown)?;
                self.regrant(&changed);
            }
            Request::SetDrawing { participant, may_draw } => {
                self.check_moderator(from)?;
                if !self.people.choose(&participant, may_draw, &self.parts.record) {
                    return Err(Refusal::ParticipantUnknown);
                }
                self.regrant(&[participant]);
            }
        }
        Ok(())
    }

    fn check_moderator(&self, from: &ParticipantId) -> Result<(), Refusal> {
        self.check(from, Action::Moderate)
    }

    fn check(&self, from: &ParticipantId, action: Action) -> Result<(), Refusal> {
        let allowed = may(self.people.standing(from), &self.parts.record, action);
        if allowed { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// What one or two people are or may do changed: the board, they themselves and everybody else learn it.
    fn regrant(&self, who: &[ParticipantId]) {
        for person in self.people.inside().iter().filter(|person| who.contains(&person.keys.id)) {
            self.tell_right(person);
            self.tell(&person.keys.id, self.room_changed(person, self.people.drawers(&self.parts.record)));
            self.tell_inside(None, &Notice::ParticipantChanged(person.profile(&self.parts.record)));
        }
        self.hide_cursors();
    }

    /// The board learns whose cursors to hide from whom, while any are hidden.
    pub(super) fn hide_cursors(&self) {
        if !self.parts.record.cursors {
            let who = |action| {
                let may = |person: &&Person| may(person.standing(Place::Inside), &self.parts.record, action);
                self.people.inside().iter().filter(may).map(|person| person.keys.id.clone()).collect()
            };
            let hidden = HiddenCursors { shown: who(Action::ShowCursor), seen_by: who(Action::SeeCursors) };
            self.tell_board(HideCursors(Some(hidden)));
        }
    }

    fn tell_right(&self, person: &Person) {
        let may_draw = self.may_draw(person);
        self.tell_board(SetRight { participant: person.keys.id.clone(), may_draw });
    }

    fn everyone_waiting(&self) -> Vec<ParticipantId> {
        self.people.lobby.people().map(|(id, _)| id.clone()).collect()
    }

    fn admit(&mut self, who: &ParticipantId, ctx: &Context<Self>) -> Result<(), Refusal> {
        if !self.people.admit(who) {
            return Err(Refusal::ParticipantUnknown);
        }
        if self.takes_part(who)
            && let Some(participant) = self.participant(who)
            && participant.try_send(ComeIn).is_err()
        {
            tracing::error!("an admitted participant is gone already");
        }
        self.welcome(who, false, ctx);
        self.tell_lobby();
        self.recount();
        Ok(())
    }

    fn turn_away(&mut self, who: &ParticipantId, place: Place, farewell: Farewell) -> Result<(), Refusal> {
        if self.people.place(who) != place {
            return Err(Refusal::ParticipantUnknown);
        }
        self.depart(who, Some(farewell));
        Ok(())
    }

    /// Changes something about a person, and tells whoever may see it.
    fn change(&mut self, who: &ParticipantId, change: impl FnOnce(&mut Person)) {
        let Some(person) = self.people.person_mut(who) else { return };
        change(person);
        let profile = person.profile(&self.parts.record);
        if self.people.place(who) == Place::Inside {
            self.tell_inside(None, &Notice::ParticipantChanged(profile));
        }
        self.recount();
    }

    /// Reads the record, changes it, writes it, and then applies it; nothing is applied that is not on disk.
    fn save(
        &self,
        from: ParticipantId,
        change: impl FnOnce(&mut RoomRecord) + 'static,
        ctx: &mut Context<Self>,
    ) {
        let (store, id) = (self.parts.store.clone(), self.parts.record.id.clone());
        let saved = async move {
            let mut record = store.room(&id).await?.ok_or(crate::store::StoreError::NotFound)?;
            change(&mut record);
            store.update_room(record.clone()).await?;
            Ok::<_, crate::store::StoreError>(record)
        };
        ctx.spawn(saved.into_actor(self).map(move |saved, room, ctx| match saved {
            Ok(record) => room.apply(record, ctx),
            Err(error) => {
                tracing::error!(%error, "a meeting's settings could not be saved");
                room.tell(&from, Notice::Refused(Refusal::NotSaved));
            }
        }));
    }

    /// The room's record changed (it is on disk already): rights, board and lobby follow.
    pub(super) fn apply(&mut self, record: RoomRecord, ctx: &Context<Self>) {
        if record == self.parts.record {
            return;
        }
        let before = std::mem::replace(&mut self.parts.record, record);
        let (drawing, keeping) = (self.parts.record.drawing, self.parts.record.keeping);
        if drawing != before.drawing && drawing != DrawingRight::Chosen {
            self.people.forget_choices();
        }
        let drawers = self.people.drawers(&self.parts.record);
        for person in self.people.inside() {
            self.tell_right(person);
            self.tell(&person.keys.id, self.room_changed(person, drawers.clone()));
        }
        if self.parts.record.cursors && !before.cursors {
            self.tell_board(HideCursors(None));
        }
        self.hide_cursors();
        if keeping != before.keeping {
            self.note_visit();
            self.tell_board(SetKeeping(keeping));
        }
        if self.parts.record.lobby == LobbyPolicy::Closed {
            for who in self.everyone_waiting() {
                self.depart(&who, Some(Farewell::RoomGone));
            }
        }
        for who in self.people.admissible(&self.parts.record) {
            if self.admit(&who, ctx).is_err() {
                tracing::error!("somebody waiting could not be let in: the room is full");
            }
        }
    }
}
