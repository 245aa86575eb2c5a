#include "lockcheck/report/report_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "lockcheck/report/no_io_text.h"
#include "lockcheck/report/report_no_return.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/words.h"

namespace zoneknot::lockcheck {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMatrixSchema = "zoneknot.matrix/2";

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const std::string& text) { return text; }
Json json_of(const TaskRef& task) { return task.name; }
Json json_of(const TaskAtPlace& task) { return place_text(task); }
Json json_of(const HeldLock& held);
Json json_of(const TaskInVerdict& task);
Json json_of(const ZoneInVerdict& zone);
Json json_of(const StepInVerdict& step);
Json json_of(const RuleInVerdict& rule);
Json json_of(const EndInVerdict& end);
Json json_of(const TaskAtNoReturn& task);
Json json_of(const ObligationInVerdict& obligation);
Json json_of(const LinkInVerdict& link);
Json json_of(const HangInVerdict& hang);
Json json_of(const PredictionInVerdict& prediction);
Json json_of(const OrderEdgeInVerdict& edge);
Json json_of(const LinkSeen& seen);
Json json_of(const TaskInRun& task);
Json json_of(const ApartInVerdict& apart);
Json json_of(const JobInVerdict& job);
Json json_of(const StrategyInVerdict& strategy);
Json json_of(const WorkInVerdict& work);
Json json_of(const Cell& cell);
Json json_of(const MatrixRow& row);

template <class T>
Json list_of(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(json_of(item));
  return list;
}

Json json_of(const Bounds& bounds) {
  if (!bounds.any()) return nullptr;
  Json json = {{"jobs", or_null(bounds.jobs)},
               {"zones", or_null(bounds.zones)},
               {"depth", or_null(bounds.depth)},
               {"ios", or_null(bounds.ios)},
               {"blocks", or_null(bounds.blocks)}};
  if (bounds.skip) json["skip"] = *bounds.skip;
  return json;
}

// Nothing is said of callers that are not known, as those of a run that is watched.
void add_callers(Json& json, const char* key, const Place& place) {
  for (const Place& caller : place.callers) {
    json[key].push_back({{"site", place_text(caller)}, {"function", caller.function}});
  }
}

Json json_of(const HeldLock& held) {
  Json json = {{"lock", held.lock.name},
               {"site", place_text(held.since)},
               {"function", held.since.function},
               {"count", held.count}};
  if (held.lock.shared) json["shared"] = true;
  add_callers(json, "callers", held.since);
  return json;
}

Json json_of(const TaskInVerdict& task) {
  Json json = {{"task", task.task.name},
               {"state", standing_name(task.standing)},
               {"waits_for", or_null(awaited_text(task.waits_for))},
               {"owner", or_null(task.owner.name)},
               {"by_anybody", task.by_anybody},
               {"unit_holders", list_of(task.unit_holders)},
               {"site", or_null(place_text(task.place))},
               {"function", or_null(task.place.function)},
               {"holds", list_of(task.holds)},
               {"in_flight", task.in_flight},
               {"unput", task.unput}};
  if (!task.readers.empty()) json["readers"] = list_of(task.readers);
  if (!task.writers.empty()) json["writers"] = list_of(task.writers);
  add_callers(json, "callers", task.place);
  return json;
}

Json json_of(const ZoneInVerdict& zone) {
  return {{"zone", zone.zone}, {"condition", zone.condition},       {"start", zone.start},
          {"wp", zone.wp},     {"owner", or_null(zone.owner.name)}, {"unput", zone.unput}};
}

Json json_of(const StepInVerdict& step) { return {{"step", step.step}, {"task", step.task.name}, {"what", step.what}}; }

Json json_of(const TaskAtNoReturn& task) {
  return {{"task", task.task.name},
          {"holds", list_of(task.holds)},
          {"waits_for", or_null(awaited_text(task.waits_for))},
          {"wants", or_null(awaited_text(task.wants))}};
}

Json json_of(const std::optional<NoReturnInVerdict>& no_return) {
  if (!no_return) return nullptr;
  Json json = {{"step", no_return->from_the_start ? Json(nullptr) : json_of(no_return->step)},
               {"sentence", no_return_sentence(*no_return)},
               {"at_latest", no_return->at_latest},
               {"known_by", no_return->exhausted ? "exhausted" : "sampled"},
               {"continuations", no_return->continuations},
               {"tasks", list_of(no_return->tasks)},
               {"instead", nullptr}};
  if (no_return->instead) {
    json["instead"] = json_of(*no_return->instead);
    json["instead"]["steps"] = no_return->instead_steps;
    json["instead"]["ended"] = no_return->instead_ended;
  }
  return json;
}

Json json_of(const std::optional<CauseInVerdict>& cause) {
  if (!cause) return nullptr;
  return {{"sentence", cause_sentence(*cause)},
          {"ended_by", or_null(cause->ended_by)},
          {"routine", or_null(cause->routine)},
          {"since", or_null(cause->since)},
          {"meanwhile", or_null(cause->meanwhile)},
          {"executions", cause->executions},
          {"hung", cause->hung},
          {"switches_tried", cause->switches_tried},
          {"cut", cause->cut}};
}

Json json_of(const RuleInVerdict& rule) {
  return {{"rule", rule_name(rule.rule)},
          {"site", or_null(place_text(rule.place))},
          {"function", or_null(rule.place.function)},
          {"task", rule.task.name},
          {"what", rule.what},
          {"count", rule.count}};
}

Json json_of(const EndInVerdict& end) {
  return {{"task", end.task},
          {"end", end.kind == EndKind::early ? "early" : "late"},
          {"what", end_text(end)},
          {"bytes", end.bytes},
          {"bytes_told", end.kind == EndKind::early ? Json(end.bytes_told) : Json(nullptr)},
          {"ran_ns", end.ran_ns},
          {"runtime_ns", end.runtime_ns == 0 ? Json(nullptr) : Json(end.runtime_ns)}};
}

Json json_of(const ObligationInVerdict& obligation) {
  return {{"rule", rule_name(obligation.rule)},
          {"obligation", obligation_text(obligation.rule)},
          {"status", confirmation_text(obligation.confirmed)},
          {"job", obligation.job},
          {"site", or_null(place_text(obligation.place))},
          {"function", or_null(obligation.place.function)},
          {"what", obligation.what},
          {"waits_for", or_null(awaited_text(obligation.waits_for))},
          {"holds", list_of(obligation.holds)},
          {"steps", list_of(obligation.steps)}};
}

Json json_of(const LinkInVerdict& link) {
  Json json = {{"task", link.task.name},
               {"owns", owned_text(link.owns)},
               {"owns_site", or_null(place_text(link.owned_at))},
               {"owns_function", or_null(link.owned_at.function)},
               {"waits_for", awaited_text(link.waits_for)},
               {"waits_site", or_null(place_text(link.asked_at))},
               {"waits_function", or_null(link.asked_at.function)}};
  add_callers(json, "owns_callers", link.owned_at);
  add_callers(json, "waits_callers", link.asked_at);
  return json;
}

Json json_of(const HangInVerdict& hang) {
  return {{"executions", hang.executions}, {"links", list_of(hang.links)}, {"predicted", hang.predicted}};
}

Json json_of(const LinkSeen& seen) {
  return {{"owned_at", seen.owned_at == 0 ? Json(nullptr) : Json(seen.owned_at)},
          {"waits_at", seen.asked_at == 0 ? Json(nullptr) : Json(seen.asked_at)},
          {"times", seen.times},
          {"places", seen.places}};
}

Json json_of(const TaskInRun& task) { return {{"task", task.task}, {"events", task.events}, {"of", task.of}}; }

Json json_of(const std::optional<DataInVerdict>& data) {
  if (!data) return nullptr;
  return {{"cell", data->cell},
          {"read_site", or_null(place_text(data->read_at))},
          {"written_site", or_null(place_text(data->written_at))}};
}

Json json_of(const PredictionInVerdict& prediction) {
  return {{"status", status_name(prediction.status)},
          {"what", prediction_text(prediction)},
          {"links", list_of(prediction.links)},
          {"reason", or_null(grounds_text(prediction))},
          {"witness", or_null(prediction.witness)},
          {"asked", prediction.asked},
          {"seen", list_of(prediction.seen)},
          {"data", json_of(prediction.data)},
          {"run", list_of(prediction.run)}};
}

Json json_of(const ApartInVerdict& apart) {
  return {{"because", apart_name(apart.because)},
          {"gate", or_null(awaited_text(apart.gate))},
          {"links", list_of(apart.links)}};
}

Json json_of(const OrderEdgeInVerdict& edge) {
  return {{"from", edge.from},
          {"to", edge.to},
          {"owned_site", or_null(place_text(edge.owned_at))},
          {"owned_function", or_null(edge.owned_at.function)},
          {"asked_site", or_null(place_text(edge.asked_at))},
          {"asked_function", or_null(edge.asked_at.function)},
          {"in_cycle", edge.in_cycle}};
}

Json json_of(const core::DirectionStats& stats) {
  const core::LatencyHistogram& latency = stats.latency;
  return {{"ios", stats.ios},
          {"bytes", stats.bytes},
          {"errors", stats.errors},
          {"lat_ns",
           {{"min", latency.min_ns()},
            {"max", latency.max_ns()},
            {"mean", latency.mean_ns()},
            {"p50", latency.percentile_ns(0.5)},
            {"p90", latency.percentile_ns(0.9)},
            {"p99", latency.percentile_ns(0.99)},
            {"p99_9", latency.percentile_ns(0.999)}}}};
}

Json json_of(const JobInVerdict& job) {
  using core::Direction;
  return {{"task", job.task},
          {"error", job.error},
          {"aborted", job.aborted},
          {"runtime_ns", job.stats.end_ns > job.stats.begin_ns ? job.stats.end_ns - job.stats.begin_ns : 0},
          {"zone_resets", job.stats.zone_resets},
          {"blocks_verified", job.stats.blocks_verified},
          {"read", json_of(job.stats.of(Direction::read))},
          {"write", json_of(job.stats.of(Direction::write))},
          {"trim", json_of(job.stats.of(Direction::trim))},
          {"sync", json_of(job.stats.of(Direction::sync))}};
}

Json json_of(const std::optional<StrategyInVerdict::Guarantee>& guarantee) {
  if (!guarantee) return nullptr;
  return {{"depth", guarantee->depth},
          {"actors", guarantee->actors},
          {"decisions", guarantee->decisions},
          {"probability", guarantee->probability}};
}

Json json_of(const std::optional<StateSpaceInVerdict>& space) {
  if (!space) return nullptr;
  return {{"transitions", space->transitions},
          {"deepest", space->deepest},
          {"frontier", space->frontier},
          {"bytes", space->bytes}};
}

Json json_of(const StrategyInVerdict& strategy) {
  return {{"strategy", strategy.strategy},
          {"executions", strategy.executions},
          {"executions_cut", strategy.executions_cut},
          {"executions_pruned", strategy.executions_pruned},
          {"hangs", strategy.hangs},
          {"steps", strategy.steps},
          {"first_hang_execution", or_null(strategy.first_hang_execution)},
          {"first_hang_steps", or_null(strategy.first_hang_steps)},
          {"traces", or_null(strategy.traces)},
          {"traces_exact", strategy.traces ? Json(strategy.traces_exact) : Json(nullptr)},
          {"hang_probability_below", or_null(strategy.hang_probability_below)},
          {"guarantee", json_of(strategy.guarantee)},
          {"coverage", or_null(strategy.coverage)}};
}

Json json_of(const WorkInVerdict& work) {
  Json why = Json::array();
  for (const core::NoIo one : work.why_none) why.push_back(no_io_name(one));
  return {{"job", work.job}, {"ios", or_null(work.ios)}, {"failed", work.failed}, {"why_none", why}};
}

Json json_of(const Verdict& verdict) {
  const auto& [word, subject, search, scene, proof, order, assumptions] = verdict;
  return {{"schema", "zoneknot.verdict/2"},
          {"verdict", word_name(word)},
          {"job", subject.job},
          {"fixes", list_of(subject.fixes)},
          {"fix_set", subject.fix_set},
          {"device", subject.device},
          {"strategy", or_null(search.strategy)},
          {"draws", or_null(draws_text(subject))},
          {"executions", or_null(search.executions)},
          {"executions_cut", search.executions_cut},
          {"cut_at", search.cut_at ? Json(place_text(*search.cut_at)) : Json(nullptr)},
          {"executions_pruned", search.executions_pruned},
          {"step_limit", search.step_limit == 0 ? Json(nullptr) : Json(search.step_limit)},
          {"steps", or_null(search.steps)},
          {"states", or_null(search.states)},
          {"state_space", json_of(search.state_space)},
          {"traces", or_null(search.traces)},
          {"exhaustive", search.exhaustive},
          {"bounds", json_of(subject.bounds)},
          {"dropped", list_of(subject.dropped)},
          {"work", list_of(search.work)},
          {"lock_waits", or_null(search.lock_waits)},
          {"first_hang_execution", or_null(search.first_hang_execution)},
          {"seconds", search.seconds},
          {"stopped_by", or_null(std::string(stopped_by_text(search.stopped_by)))},
          {"witness", or_null(scene.witness)},
          {"replay_command", or_null(scene.replay_command)},
          {"next", list_of(scene.next)},
          {"story", or_null(story(verdict))},
          {"cause", json_of(scene.cause)},
          {"strategies", list_of(search.strategies)},
          {"tasks", list_of(scene.tasks)},
          {"zones", list_of(scene.zones)},
          {"steps_to_hang", list_of(scene.steps_to_hang)},
          {"point_of_no_return", json_of(scene.no_return)},
          {"cycle_steps", scene.cycle_steps == 0 ? Json(nullptr) : Json(scene.cycle_steps)},
          {"cycle", list_of(scene.cycle)},
          {"rules", list_of(scene.rules)},
          {"ends", list_of(scene.ends)},
          {"assumptions", list_of(assumptions)},
          {"evidence", list_of(proof.evidence)},
          {"obligations", list_of(proof.obligations)},
          {"hangs", list_of(search.hangs)},
          {"predictions", list_of(order.predictions)},
          {"lock_order", list_of(order.lines)},
          {"order_edges", list_of(order.edges)},
          {"seen_counts", order.counts_lines ? "lines" : "events"},
          {"kept_apart", list_of(order.apart)},
          {"jobs", scene.jobs.empty() ? Json(nullptr) : list_of(scene.jobs)}};
}

Json json_of(const Cell& cell) {
  Json json = json_of(cell.verdict);
  if (cell.refused.empty()) return json;
  json["verdict"] = kRefusedCell;
  json["evidence"] = {cell.refused};
  return json;
}

Json json_of(const MatrixRow& row) {
  return {{"schema", kMatrixSchema},
          {"fix_set", row.fix_set},
          {"releases", row.releases},
          {"fixes", row.cells.empty() ? Json(nullptr) : list_of(row.cells.front().verdict.subject.fixes)},
          {"verdicts", list_of(row.cells)}};
}

// Names come from users; bytes that are no UTF-8 are replaced.
std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string to_json(const Verdict& verdict) { return dump(json_of(verdict)); }

std::string to_json(const Matrix& matrix) { return dump(list_of(matrix.rows)); }

namespace {

// Words of a later version stay as they are.
std::string cell_of(const Json& json) {
  std::set<std::string> rules;
  for (const Json& broken : json.at("rules")) rules.insert(broken.at("rule").get<std::string>());
  return cell_text(json.at("verdict").get<std::string>(), rules);
}

}  // namespace

tl::expected<std::map<std::pair<std::string, std::string>, std::string>, std::string> cells_of_json(
    std::string_view text) {
  std::map<std::pair<std::string, std::string>, std::string> cells;
  try {
    for (const Json& row : Json::parse(text)) {
      if (row.at("schema") != kMatrixSchema && row.at("schema") != "zoneknot.matrix/1") {
        throw std::invalid_argument("schema");
      }
      for (const Json& verdict : row.at("verdicts")) {
        cells[{row.at("fix_set").get<std::string>(), verdict.at("job").get<std::string>()}] = cell_of(verdict);
      }
    }
  } catch (const std::exception&) {
    return tl::make_unexpected("is not a table that 'zoneknot matrix --format=json' wrote");
  }
  return cells;
}

}  // namespace zoneknot::lockcheck
