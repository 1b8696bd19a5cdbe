//! Encoders that publish into a room and screens that watch it (WHIP, WHEP): participants without a browser, let in by
//! a token that the owner minted.
//!
//! They are shown to everybody like people: whoever is seen or heard may know who watches. But a room is not kept for
//! them: they open no board, and when only screens are left, they are sent away.

use super::actor::Room;
use super::messages::EnterStream;
use super::people::{Arrival, Denied, Fresh, StreamPass};
use crate::ids::random_text;
use crate::participant::{Farewell, Line, MediaState, Participant, ParticipantId};
use crate::room_directory::TokenDeleted;
use crate::store::{StreamRight, StreamToken, TokenId};
use actix::{ActorFutureExt, Addr, AsyncContext, Context, Handler, WrapFuture};

impl Room {
    fn let_stream_in(
        &mut self,
        enter: EnterStream,
        ctx: &Context<Self>,
    ) -> Result<Addr<Participant>, Denied> {
        let EnterStream { token, offer } = enter;
        let known = self.people.by_token(&token.id).first().and_then(|id| self.people.person(id));
        let before = known.map_or_else(MediaState::default, |person| person.media);
        let needs_room = offer.media().camera && !before.camera;
        match token.right {
            StreamRight::Watch if self.people.inside().is_empty() => return Err(Denied::Empty),
            StreamRight::Publish if needs_room && !self.parts.link.has_room_for_picture() => {
                return Err(Denied::ServerFull);
            }
            // An encoder that lost its network comes back before its old connection has run out: the newest counts.
            StreamRight::Publish => self.end_streams(&token.id, Farewell::Elsewhere),
            StreamRight::Watch => {}
        }
        let fresh =
            Fresh { id: ParticipantId(random_text(11)), resume: random_text(22), ticket: random_text(22) };
        let StreamToken { id, right, name, .. } = token;
        let arrival = Arrival {
            account: None,
            by_short_name: false,
            name,
            media: offer.media(),
            resume: None,
            stream: Some(StreamPass { token: id, right }),
        };
        let entered = self.people.arrive(&self.parts.record, arrival, fresh, Self::now())?;
        let addr = self.start_participant(&entered, Line::Stream(offer), before, ctx);
        self.welcome(&entered.id, false, ctx);
        self.recount();
        Ok(addr)
    }

    fn end_streams(&mut self, token: &TokenId, farewell: Farewell) {
        for stream in self.people.by_token(token) {
            self.depart(&stream, Some(farewell));
        }
    }

    /// The command line deletes tokens, too.
    pub(super) fn recheck_tokens(&self, ctx: &mut Context<Self>) {
        let passes = self.people.inside().iter().filter_map(|person| person.stream.as_ref());
        let tokens: Vec<TokenId> = passes.map(|pass| pass.token.clone()).collect();
        if tokens.is_empty() {
            return;
        }
        let (store, id) = (self.parts.store.clone(), self.parts.record.id.clone());
        let found = async move { store.tokens_of(&id).await };
        ctx.spawn(found.into_actor(self).map(move |found, room, _| match found {
            Ok(good) => {
                for token in tokens.iter().filter(|token| good.iter().all(|good| good.id != **token)) {
                    room.end_streams(token, Farewell::Removed);
                }
            }
            Err(error) => tracing::error!(%error, "a live room's tokens could not be read"),
        }));
    }
}

impl Handler<EnterStream> for Room {
    type Result = Result<Addr<Participant>, Denied>;

    fn handle(&mut self, enter: EnterStream, ctx: &mut Self::Context) -> Self::Result {
        self.let_stream_in(enter, ctx)
    }
}

impl Handler<TokenDeleted> for Room {
    type Result = ();

    fn handle(&mut self, TokenDeleted(_, token): TokenDeleted, _: &mut Self::Context) {
        self.end_streams(&token, Farewell::Removed);
    }
}
