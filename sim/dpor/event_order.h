// The happens-before order of the execution that a stateless search is in: which of its events are ordered by program
// order, by the creation of an actor, by a join, or by a chain of dependent operations, and which two of them could as
// well have come the other way round. The search owns it, appends an event for every step, and takes the last ones
// back when it goes on elsewhere. Vector clocks in one flat array; nothing is allocated per event once it has grown.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/run/actor.h"

namespace zoneknot::sim {

class EventOrder {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // By index, from 0: one for each step, draws are none.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(events_.size()); }
  [[nodiscard]] const Op& op(std::uint32_t event) const { return events_[event].op; }
  [[nodiscard]] ActorId actor(std::uint32_t event) const { return events_[event].actor; }
  // The event that precedes it wherever it is made: of its actor, or the one that created that. kNone: there is none.
  [[nodiscard]] std::uint32_t cause(std::uint32_t event) const { return events_[event].cause; }
  // Among those of its actor, from 1; of a task.
  [[nodiscard]] std::uint32_t number(std::uint32_t event) const { return events_[event].number; }
  [[nodiscard]] bool precedes(std::uint32_t earlier, std::uint32_t later) const {
    return covers(row(later), events_[earlier]);
  }

  // Two sleeps were under way at a time, and virtual time has decided which of them ended first. Of any execution so
  // far.
  [[nodiscard]] bool sleeps_overlapped() const { return sleeps_overlapped_; }

  // Takes back all events from `size` on.
  void shrink(std::uint32_t size);

  // The actor makes its operation; `units`: units_before() it. Says with which earlier
  // events that is in a reversible race: dependent, with nothing ordered in between, and possible before them as well.
  // Valid until the next call.
  std::span<const std::uint32_t> append(const Actor& actor, std::uint32_t units);
  // The races of an operation that is not made in this execution.
  std::span<const std::uint32_t> consider(const Actor& actor, std::uint32_t units);

  // The operation that was last appended or considered, or restored since.
  struct Subject {
    Actor actor;
    std::uint32_t cause = kNone;  // the event that precedes it wherever it is made
    std::uint32_t end = 0;        // the number of events before it
  };
  [[nodiscard]] const Subject& subject() const { return subject_; }
  void restore(const Subject& subject) { subject_ = subject; }
  // An event, as the subject that it was.
  [[nodiscard]] Subject subject_of(std::uint32_t event) const;

  // What would be made instead of `event` to turn round its race with the subject: all events after it, up to the
  // subject's end, that it does not precede, and then the subject. Without the subject, in order; valid until the next
  // call.
  std::span<const std::uint32_t> reversal(std::uint32_t event);
  // Whether the subject comes after that event of the reversal.
  [[nodiscard]] bool subject_follows(std::uint32_t event) const;

 private:
  struct Event {
    Op op;
    ActorId actor = 0;
    std::uint32_t process = 0;
    std::uint32_t number = 0;  // among those of its process, from 1
    std::uint32_t cause = kNone;
    std::uint32_t before = kNone;       // of its process
    std::uint32_t before_here = kNone;  // of its place
    std::uint32_t place = kNone;
    // After an operation on a lock: who holds it, and how often.
    ActorId holder = kNone;
    std::uint32_t holds = 0;
    std::uint32_t units = 0;  // units_before()
  };
  // What has one component of the clocks: a task, or all events that were created for one object. Those are ordered by
  // their object.
  struct Process {
    std::uint32_t last = kNone;
  };
  // Where operations can be dependent: an object, or a device with its zones.
  struct Place {
    std::uint32_t last = kNone;
    std::uint32_t process = kNone;  // of its events
  };

  [[nodiscard]] const std::uint32_t* row(std::uint32_t event) const { return clocks_.data() + event * stride_; }
  [[nodiscard]] std::uint32_t* row(std::uint32_t event) { return clocks_.data() + event * stride_; }
  [[nodiscard]] static bool covers(const std::uint32_t* clock, const Event& event) {
    return clock[event.process] >= event.number;
  }
  void merge(std::uint32_t* clock, const std::uint32_t* other) const;

  std::uint32_t process_of(const Actor& actor);
  std::uint32_t place_of(const Op& op);
  std::uint32_t new_process();
  // What precedes the actor's operation wherever it is made: an event, kNone for none.
  [[nodiscard]] std::uint32_t cause_of(const Actor& actor, std::uint32_t process) const;
  // Fills races_; `clock` takes in all that precede the subject.
  void find_races(std::uint32_t* clock);
  void begin_subject(const Actor& actor, std::uint32_t process, std::uint32_t units);
  [[nodiscard]] bool follows_from_cause(std::uint32_t event) const;
  // Whether the subject could be made without that event of its place and all later ones; or those that follow it.
  [[nodiscard]] bool possible_before(std::uint32_t event) const;
  [[nodiscard]] bool possible_without(std::uint32_t event) const;
  [[nodiscard]] bool late_before(std::uint32_t event) const;
  [[nodiscard]] bool is_timed() const;
  // Whether the subject, which takes something, finds it there.
  [[nodiscard]] bool enough(std::uint32_t units) const;
  // An operation that waits until others have undone what was done to its object.
  [[nodiscard]] static bool can_be_taken(const Op& op);
  [[nodiscard]] ActorId holder_before(std::uint32_t event) const;
  void note_lock(Event& event) const;

  std::vector<Event> events_;
  std::size_t stride_ = 8;
  std::vector<std::uint32_t> clocks_;   // stride_ for each event
  std::vector<std::uint32_t> scratch_;  // a clock
  std::vector<Process> processes_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> task_processes_;            // by TaskId
  std::vector<std::vector<std::uint32_t>> place_table_;  // by ObjectClass, then object

  Subject subject_;
  std::uint32_t units_ = 0;      // before the subject
  bool waits_ = false;           // the subject does, for good: it was not made
  std::uint32_t place_ = kNone;  // of the subject
  bool sleeps_overlapped_ = false;
  std::vector<std::uint32_t> races_;
  std::vector<std::uint32_t> reversal_;
};

}  // namespace zoneknot::sim
