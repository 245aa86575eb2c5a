#include "sim/states/stateful_search.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "lockcheck/text/site.h"
#include "sim/states/cycle_places.h"

namespace zoneknot::sim {

namespace {

constexpr std::uint64_t kStepsRound = 100'000;

// Goes the way to a livelock and round and round for so many steps, or as long as an execution may last: a loop whose
// fingerprint leaves out what ends it is left some time. Given up there.
class Around final : public Strategy {
 public:
  Around(Simulation& simulation, const Stateful::Livelock& livelock, bool time_counts, std::uint64_t max_steps)
      : simulation_(simulation),
        livelock_(livelock),
        time_counts_(time_counts),
        max_steps_(max_steps),
        steps_(livelock.cycle.lead) {
    steps_.insert(steps_.end(), livelock.cycle.steps.begin(), livelock.cycle.steps.end());
  }

  [[nodiscard]] bool begin() override { return true; }
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "once around a livelock"}; }

  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override {
    if (on_way_ < livelock_.way.size()) {
      ++step_;
      return find_actor(simulation_, candidates, livelock_.way[on_way_++].actor);
    }
    if (next_ == livelock_.cycle.lead.size() || next_ == steps_.size()) {
      if (simulation_.state_key(time_counts_) != livelock_.cycle.begin) return kPrune;
      if (next_ == steps_.size()) {
        if (rounds_++ == 0) decisions_ = simulation_.decisions();
        next_ = livelock_.cycle.lead.size();
      } else {
        begins_ = step_;
      }
      if (rounds_ > 0 && step_ + steps() >= std::min(max_steps_, begins_ + kStepsRound)) {
        goes_on_ = true;
        return kPrune;
      }
    }
    ++step_;
    next_draw_ = 0;
    const bool on_cycle = next_ >= livelock_.cycle.lead.size();
    const std::uint32_t index = find_actor(simulation_, candidates, steps_[next_++].actor);
    const bool of_task = index != kDiverged && !is_event(candidates.actor(index));
    if (on_cycle && of_task) places_.add(candidates.actor(index), candidates.op(index).site);
    return index;
  }

  [[nodiscard]] std::uint32_t draw(std::uint32_t) override {
    if (on_way_ < livelock_.way.size()) return livelock_.way[on_way_++].drawn;
    const std::vector<std::uint32_t>& draws = steps_[next_ - 1].draws;
    return next_draw_ < draws.size() ? draws[next_draw_++] : kDiverged;
  }

  // As long as it may.
  [[nodiscard]] bool goes_on() const { return goes_on_; }
  [[nodiscard]] std::uint64_t rounds() const { return rounds_; }
  // Until it has been once around.
  [[nodiscard]] const std::vector<std::uint32_t>& decisions() const { return decisions_; }
  [[nodiscard]] std::uint64_t begins() const { return begins_; }
  // What one round came to.
  [[nodiscard]] std::uint64_t steps() const { return livelock_.cycle.steps.size(); }
  [[nodiscard]] const CyclePlaces& places() const { return places_; }

 private:
  Simulation& simulation_;
  const Stateful::Livelock& livelock_;
  bool time_counts_;
  std::uint64_t max_steps_;
  std::vector<StepLabel> steps_;
  std::size_t on_way_ = 0;
  std::size_t next_ = 0;
  std::size_t next_draw_ = 0;
  std::uint64_t step_ = 0;
  std::uint64_t begins_ = 0;
  CyclePlaces places_;
  std::uint64_t rounds_ = 0;
  std::vector<std::uint32_t> decisions_;
  bool goes_on_ = false;
};

// A loop that says it is where it was, and is not.
[[noreturn]] void refuse(const Around& around, const Simulation& simulation) {
  std::string what = "a fingerprint leaves something out that decides how its task goes on: after " +
                     std::to_string(around.rounds()) + " rounds in which nothing had changed, a loop was left:";
  for (const CutPlace& place : around.places().named(simulation.watch())) {
    what += " " + place.task + " at " + lockcheck::site_text(place.site);
  }
  throw std::logic_error(what);
}

LivelockSeen show(Simulation& simulation, const Program& program, const Stateful& search,
                  const ExecutionOptions& options, std::uint64_t execution) {
  Around around(simulation, *search.livelock(), search.time_counts(), options.max_steps);
  (void)simulation.run([&] { program(simulation); }, around, options);
  if (!around.goes_on()) refuse(around, simulation);
  return {.first = {execution, around.decisions(), {}},
          .begins = around.begins(),
          .steps = around.steps(),
          .places = around.places().named(simulation.watch())};
}

}  // namespace

SearchResult explore_states(Simulation& simulation, const Program& program, const StatefulOptions& options,
                            const SearchLimits& limits) {
  SearchLimits tracking = limits;
  tracking.execution.tracking = true;
  Stateful search(simulation, options, limits.execution.max_steps);
  SearchResult result = explore(simulation, program, search, tracking);
  if (search.keys_collide()) throw std::logic_error("two states that can go on in different ways have the same key");
  if (search.out_of_memory()) {
    result.end = SearchEnd::memory;
    result.exhaustive = false;
  }
  result.space = {.states = search.states(),
                  .transitions = search.transitions(),
                  .remembered = search.remembered(),
                  .deepest = search.deepest(),
                  .frontier = search.frontier(),
                  .bytes = search.bytes()};
  if (search.livelock()) {
    result.livelock = show(simulation, program, search, tracking.execution, result.executions);
    result.exhaustive = false;
  }
  if (!options.data_in_cells) {
    result.reservations.emplace_back(
        "states: data that tasks share and that is neither in cells nor in fingerprints was not told apart");
  }
  if (search.bare_checkpoints()) {
    result.reservations.emplace_back(
        "livelock: some loop does not say what it remembers, so that no state on it comes again");
  }
  if (search.too_many_actors()) result.reservations.emplace_back("livelock: there are too many tasks to look for it");
  return result;
}

}  // namespace zoneknot::sim
