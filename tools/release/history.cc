#include "tools/release/history.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/fix_table.h"

namespace zoneknot::tools {
namespace {

using core::Fix;
using core::FixSet;

// Some of the switches in which two sets differ, turned in the first of them; what one of them replaces goes with it.
FixSet turned_in(FixSet from, FixSet to, const std::vector<Fix>& switches) {
  for (const Fix fix : switches) from = to.has(fix) ? from.with(fix) : from.without(fix);
  for (const Fix fix : from.list()) from = from.without(core::row_of(fix).replaces.without(to));
  return from;
}

std::size_t binomial(std::size_t n, std::size_t k) {
  std::size_t result = 1;
  for (std::size_t i = 0; i < k; ++i) result = result * (n - i) / (i + 1);
  return result;
}

class Finding {
 public:
  Finding(FixSet from, FixSet to, std::string wanted, const Answer& answer, const std::function<bool()>& stop)
      : from_(from), to_(to), wanted_(std::move(wanted)), answer_(answer), stop_(stop) {}

  // The switches of the change, and whether there are no fewer.
  Change find() {
    Change change;
    const std::vector<Fix> all = from_.differing(to_).list();
    change.switches = reduced(all);
    change.smallest = change.switches.size() == 1;
    std::size_t asked = 0;
    for (std::size_t size = 1; size < change.switches.size(); ++size) {
      asked += binomial(all.size(), size);
      if (asked > kMostSetsOfAChange) break;
      if (auto smaller = any_of_size(all, size)) {
        change.switches = *std::move(smaller);
        change.smallest = true;
        break;
      }
      change.smallest = size + 1 == change.switches.size();
    }
    if (stop_()) change.smallest = false;
    change.sets = sets_;
    return change;
  }

 private:
  bool gives_it(const std::vector<Fix>& switches) {
    const FixSet set = turned_in(from_, to_, switches);
    if (core::contradiction(set) || stop_()) return false;
    ++sets_;
    return answer_(set) == wanted_;
  }

  // Single switches first, then the whole set less one after the other, until nothing can be left out.
  std::vector<Fix> reduced(std::vector<Fix> switches) {
    if (const auto single = any_of_size(switches, 1)) return *single;
    for (bool less = true; less;) {
      less = false;
      for (std::size_t i = switches.size(); i-- > 0;) {
        std::vector<Fix> rest = without_dependents(switches, switches[i]);
        if (rest.empty() || !gives_it(rest)) continue;
        switches = std::move(rest);
        less = true;
        i = std::min(i, switches.size());
      }
    }
    return switches;
  }

  // A switch is left out together with those that need it.
  [[nodiscard]] std::vector<Fix> without_dependents(std::vector<Fix> switches, Fix left_out) const {
    std::erase(switches, left_out);
    for (std::size_t before = 0; before != switches.size();) {
      before = switches.size();
      const FixSet set = turned_in(from_, to_, switches);
      std::erase_if(switches, [&](Fix fix) { return set.has(fix) && !core::row_of(fix).needs.without(set).empty(); });
    }
    return switches;
  }

  std::optional<std::vector<Fix>> any_of_size(const std::vector<Fix>& all, std::size_t size) {
    std::vector<bool> chosen(all.size());
    std::fill_n(chosen.begin(), size, true);
    do {
      std::vector<Fix> some;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (chosen[i]) some.push_back(all[i]);
      }
      if (gives_it(some)) return some;
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
    return std::nullopt;
  }

  FixSet from_, to_;
  std::string wanted_;
  const Answer& answer_;
  const std::function<bool()>& stop_;
  std::size_t sets_ = 0;
};

}  // namespace

History history_of(const std::vector<ReleaseRow>& rows, const Answer& answer, const std::function<bool()>& stop) {
  History history;
  for (const ReleaseRow& row : rows) {
    if (stop()) return history;
    history.answers.push_back(answer(row.fixes));
  }
  for (std::size_t i = 1; i < history.answers.size(); ++i) {
    if (history.answers[i] == history.answers[i - 1]) continue;
    Change change = Finding(rows[i - 1].fixes, rows[i].fixes, history.answers[i], answer, stop).find();
    change.from = i - 1;
    change.to = i;
    change.before = history.answers[i - 1];
    change.after = history.answers[i];
    history.changes.push_back(std::move(change));
  }
  return history;
}

}  // namespace zoneknot::tools
