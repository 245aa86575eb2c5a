#include "sim/states/step_memo.h"

#include <gtest/gtest.h>

namespace zoneknot::sim {
namespace {

Op op_on(OpKind kind, ObjectClass object_class, std::uint32_t object) {
  return {kind, object_class, false, object, {}};
}

ProgramState two_tasks() {
  ProgramState state;
  state.tasks.resize(2);
  for (std::uint64_t i = 0; i < 2; ++i) {
    state.tasks[i].history = {i, 7};
    state.tasks[i].op = op_on(OpKind::read, ObjectClass::cell, 0);
    state.tasks[i].can = true;
  }
  state.locks = {ProgramState::lock_word(core::kNoId, 0, core::LockKind::plain),
                 ProgramState::lock_word(core::kNoId, 0, core::LockKind::recursive)};
  state.cells = {10, 20};
  state.parts = {{5, {1, 2}}};
  return state;
}

void give(ProgramState& state, core::LockId lock, core::TaskId task) {
  const auto kind = (state.locks[lock] & 1U) != 0 ? core::LockKind::recursive : core::LockKind::plain;
  state.locks[lock] = ProgramState::lock_word(task, 1, kind);
}

void wait_for_lock(ProgramState& state, core::TaskId task, core::LockId lock) {
  state.tasks[task].op = op_on(OpKind::lock, ObjectClass::lock, lock);
  state.tasks[task].can = false;
}

std::uint32_t no_draw(std::uint32_t) {
  ADD_FAILURE() << "nothing is drawn";
  return 0;
}

StepMemo::Draw always(std::uint32_t value) {
  return [value](std::uint32_t) { return value; };
}

constexpr std::uint64_t kRoom = std::uint64_t{1} << 20U;

// Task 0 reads cell 0 and writes what it found, and one more, to cell 1.
class StepMemoTest : public testing::Test {
 protected:
  StepMemoTest() {
    footprint_.look(Footprint::Place::cell, 0);
    footprint_.write(1);
    after_.cells[1] = 11;
    after_.tasks[0].history = {99, 99};
    memo_.learn(before_, actor_, footprint_, after_);
  }

  StepMemo memo_{kRoom};
  const ProgramState before_ = two_tasks();
  ProgramState after_ = before_;
  const StepActor actor_{.task = 0};
  Footprint footprint_;
};

TEST_F(StepMemoTest, KnownStep_LeavesWhatTheProgramLeft_WhateverTheRestOfTheStateIs) {
  ProgramState state = before_;
  state.tasks[1].history = {123, 123};
  state.cells[1] = 77;
  ASSERT_TRUE(memo_.make(actor_, no_draw, state));
  EXPECT_EQ(state.cells[1], 11U);
  EXPECT_EQ(state.tasks[0].history, after_.tasks[0].history);
  EXPECT_EQ(state.tasks[1].history.high, 123U);
}

TEST_F(StepMemoTest, StepThatFindsAnotherValue_IsNotKnown) {
  ProgramState state = before_;
  state.cells[0] = 12;
  EXPECT_FALSE(memo_.make(actor_, no_draw, state));
}

TEST_F(StepMemoTest, StepOfATaskThatWasHandedSomethingElse_IsNotKnown) {
  ProgramState state = before_;
  state.tasks[0].history.low = 8;
  EXPECT_FALSE(memo_.make(actor_, no_draw, state));
  state = before_;
  EXPECT_FALSE(memo_.make({.task = 1}, no_draw, state));
}

TEST_F(StepMemoTest, WhatCannotBeTold_IsNotLearned) {
  Footprint secret;
  secret.give_up();
  memo_.clear();
  memo_.learn(before_, actor_, secret, after_);
  ProgramState state = before_;
  EXPECT_FALSE(memo_.make(actor_, no_draw, state));
}

TEST_F(StepMemoTest, WithoutRoom_NothingStaysKnownForLong) {
  StepMemo small(1);
  ProgramState other = before_;
  small.learn(before_, actor_, footprint_, after_);
  other.tasks[0].history = {55, 55};
  small.learn(other, actor_, footprint_, after_);
  EXPECT_FALSE(small.make(actor_, no_draw, after_));
  ProgramState state = before_;
  EXPECT_FALSE(small.make(actor_, no_draw, state));
}

TEST(StepMemo, ADraw_DecidesWhatTheStepDoes) {
  StepMemo memo(kRoom);
  const ProgramState before = two_tasks();
  const StepActor actor{.task = 0};
  for (std::uint32_t drawn = 0; drawn < 2; ++drawn) {
    Footprint footprint;
    footprint.draw(3, drawn);
    ProgramState after = before;
    after.tasks[0].history = {100 + drawn, 0};
    memo.learn(before, actor, footprint, after);
  }
  for (std::uint32_t drawn = 0; drawn < 2; ++drawn) {
    ProgramState state = before;
    ASSERT_TRUE(memo.make(actor, always(drawn), state));
    EXPECT_EQ(state.tasks[0].history.high, 100 + drawn);
  }
  ProgramState state = before;
  EXPECT_FALSE(memo.make(actor, always(2), state));
}

TEST(StepMemo, AnEvent_ChangesItsPartAndWakesItsTask) {
  StepMemo memo(kRoom);
  ProgramState before = two_tasks();
  before.tasks[1].can = false;
  const EventInState event{{ObjectClass::completions, OpKind::complete, 1, 3},
                           op_on(OpKind::complete, ObjectClass::completions, 1)};
  before.add_event(event);
  Footprint footprint;
  footprint.remove(event.key);
  footprint.touch(5);
  footprint.wake(1);
  ProgramState after = before;
  after.remove_event(event.key);
  after.set_part(5, {8, 8});
  const StepActor actor{.event = event.key};
  memo.learn(before, actor, footprint, after);
  ProgramState state = before;
  ASSERT_TRUE(memo.make(actor, no_draw, state));
  EXPECT_TRUE(state.events.empty());
  EXPECT_EQ(state.part(5), (StateHash{8, 8}));
  EXPECT_TRUE(state.ready(1));
}

TEST(ProgramState, OwnLock_CanBeTakenAgainIfItIsRecursive) {
  ProgramState state = two_tasks();
  give(state, 0, 1);
  give(state, 1, 1);
  EXPECT_FALSE(state.can_take(1, 0));
  EXPECT_TRUE(state.can_take(1, 1));
  EXPECT_FALSE(state.can_take(0, 1));
}

TEST(ProgramState, EveryValue_IsInTheKey) {
  ValueSink room;
  const StateHash key = two_tasks().key(room);
  const auto differs = [&](auto change) {
    ProgramState state = two_tasks();
    change(state);
    return state.key(room) != key;
  };
  EXPECT_TRUE(differs([](ProgramState& s) { s.tasks[1].history.low = 8; }));
  EXPECT_TRUE(differs([](ProgramState& s) { s.tasks[1].history.high = 8; }));
  EXPECT_TRUE(differs([](ProgramState& s) { s.tasks[1].ended = true; }));
  EXPECT_TRUE(differs([](ProgramState& s) { give(s, 0, 1); }));
  EXPECT_TRUE(differs([](ProgramState& s) { s.cells[1] = 21; }));
  EXPECT_TRUE(differs([](ProgramState& s) { s.parts[0].hash.low = 3; }));
  EXPECT_TRUE(differs([](ProgramState& s) { s.timing = {0, 5}; }));
}

TEST(SurelyGoesOn, TaskInACircleOfLocks_IsNotSureTo) {
  ProgramState state = two_tasks();
  give(state, 0, 0);
  give(state, 1, 1);
  wait_for_lock(state, 0, 1);
  EXPECT_TRUE(surely_goes_on(state, 0));
  wait_for_lock(state, 1, 0);
  EXPECT_FALSE(surely_goes_on(state, 0));
  EXPECT_FALSE(surely_goes_on(state, 1));
}

TEST(SurelyGoesOn, TaskWhoseLockDiedWithItsOwner_IsNotSureTo) {
  ProgramState state = two_tasks();
  give(state, 0, 1);
  wait_for_lock(state, 0, 0);
  state.tasks[1].ended = true;
  EXPECT_FALSE(surely_goes_on(state, 0));
}

TEST(SurelyGoesOn, TaskThatReaps_NeedsAnIoUnderWay) {
  ProgramState state = two_tasks();
  state.tasks[0].op = op_on(OpKind::reap, ObjectClass::completions, 0);
  state.tasks[0].can = false;
  EXPECT_FALSE(surely_goes_on(state, 0));
  state.add_event({{ObjectClass::completions, OpKind::complete, 0, 0}, {}});
  EXPECT_TRUE(surely_goes_on(state, 0));
}

TEST(SurelyGoesOn, WaitsOfOtherKinds_AreLeftToTheProgram) {
  ProgramState state = two_tasks();
  state.tasks[0].op = op_on(OpKind::woken, ObjectClass::condition, 0);
  state.tasks[0].can = false;
  EXPECT_FALSE(surely_goes_on(state, 0));
}

}  // namespace
}  // namespace zoneknot::sim
