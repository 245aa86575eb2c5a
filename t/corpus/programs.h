// The programs of the corpus.
#pragma once

#include "core/runtime.h"

namespace zoneknot::corpus {

void ab_ba(core::Runtime& runtime);
void against_the_keys(core::Runtime& runtime);
void event_needs_the_waiters_lock(core::Runtime& runtime);
void gate_on_one_side(core::Runtime& runtime);
void lock_left_behind(core::Runtime& runtime);
void outer_by_try_lock(core::Runtime& runtime);
void ring_of_three(core::Runtime& runtime);
void second_unit_of_a_pool(core::Runtime& runtime);
void signaller_needs_the_waiters_lock(core::Runtime& runtime);
void slot_waited_for_owning_the_zone(core::Runtime& runtime);
void two_pools(core::Runtime& runtime);
void unlocked_by_a_stranger(core::Runtime& runtime);
void waits_for_its_own_lock(core::Runtime& runtime);
void another_signaller(core::Runtime& runtime);
void both_orders_in_one_task(core::Runtime& runtime);
void both_orders_under_a_gate(core::Runtime& runtime);
void bounded_buffer(core::Runtime& runtime);
void buffer_of_semaphores(core::Runtime& runtime);
void given_back_out_of_order(core::Runtime& runtime);
void hand_over_hand(core::Runtime& runtime);
void ordered_by_key(core::Runtime& runtime);
void pool_with_a_spare_unit(core::Runtime& runtime);
void reverse_order_by_try_lock(core::Runtime& runtime);
void reverse_order_with_a_time_out(core::Runtime& runtime);
void separated_by_fork(core::Runtime& runtime);
void separated_by_join(core::Runtime& runtime);
void taken_again(core::Runtime& runtime);

struct CorpusProgram {
  const char* name;  // of its file, without the ending
  void (*run)(core::Runtime& runtime);
};

inline constexpr CorpusProgram kPrograms[] = {
    {"bad/ab_ba", ab_ba},
    {"bad/against_the_keys", against_the_keys},
    {"bad/event_needs_the_waiters_lock", event_needs_the_waiters_lock},
    {"bad/gate_on_one_side", gate_on_one_side},
    {"bad/lock_left_behind", lock_left_behind},
    {"bad/outer_by_try_lock", outer_by_try_lock},
    {"bad/ring_of_three", ring_of_three},
    {"bad/second_unit_of_a_pool", second_unit_of_a_pool},
    {"bad/signaller_needs_the_waiters_lock", signaller_needs_the_waiters_lock},
    {"bad/slot_waited_for_owning_the_zone", slot_waited_for_owning_the_zone},
    {"bad/two_pools", two_pools},
    {"bad/unlocked_by_a_stranger", unlocked_by_a_stranger},
    {"bad/waits_for_its_own_lock", waits_for_its_own_lock},
    {"ok/another_signaller", another_signaller},
    {"ok/both_orders_in_one_task", both_orders_in_one_task},
    {"ok/both_orders_under_a_gate", both_orders_under_a_gate},
    {"ok/bounded_buffer", bounded_buffer},
    {"ok/buffer_of_semaphores", buffer_of_semaphores},
    {"ok/given_back_out_of_order", given_back_out_of_order},
    {"ok/hand_over_hand", hand_over_hand},
    {"ok/ordered_by_key", ordered_by_key},
    {"ok/pool_with_a_spare_unit", pool_with_a_spare_unit},
    {"ok/reverse_order_by_try_lock", reverse_order_by_try_lock},
    {"ok/reverse_order_with_a_time_out", reverse_order_with_a_time_out},
    {"ok/separated_by_fork", separated_by_fork},
    {"ok/separated_by_join", separated_by_join},
    {"ok/taken_again", taken_again},
};

}  // namespace zoneknot::corpus
