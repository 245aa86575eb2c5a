// What reports, text and JSON alike, call the facts of a verdict. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// "open_zones.cc:41": base name of the file, and the line. Empty for a place that is not known.
std::string place_text(const Place& place);
// "worker at spin.cc:12 (wait_for_data)".
std::string place_text(const TaskAtPlace& task);

// What a task waits for or has: "zone 3", "the end of worker", "a unit of pool 'slots'". Empty: nothing.
std::string awaited_text(const ResourceInVerdict& resource);
// What it has to give to those who wait for it: "zone 3", "the signal of condition variable 'changed'".
std::string owned_text(const ResourceInVerdict& resource);

// "2 tasks could wait on each other: zone 3, zone 5".
std::string prediction_text(const PredictionInVerdict& prediction);
// "confirmed", "sound", "possible", "ordered", "refuted".
std::string_view status_name(PredictionStatus status);
// What that says, as half a sentence.
std::string_view status_meaning(PredictionStatus status);
// What a status rests on: "an execution of the search hangs on it". Empty: nothing is said of it.
std::string grounds_text(const PredictionInVerdict& prediction);

// "T1 waits for B with A at a.c:3, …".
std::string apart_text(const ApartInVerdict& apart);
// "gate", "one task", "fork", "join".
std::string_view apart_name(ApartBecause because);
// What keeps them apart, in words: "under one gate, G".
std::string apart_meaning(const ApartInVerdict& apart);

// "ended without an error after 1,048,576 of 8,388,608 bytes", "still issued I/O 3.2 s after it began, …".
std::string end_text(const EndInVerdict& end);

// "stuck", "bystander", "running", "waiting", "ended".
std::string_view standing_name(TaskStanding standing);
// "choices of the search", "fixed by --seed=7", … Empty: nothing is said of it.
std::string draws_text(const SubjectInVerdict& subject);
// "time", "the user", … Empty: nothing stopped it.
std::string_view stopped_by_text(StoppedBy stopped_by);

// What a rule demands: "no lock outlives its task" for (d).
std::string_view rule_meaning(Rule rule);
// What a proof has to show of a rule: "(O4) a job ends owning nothing" for (d).
std::string obligation_text(Rule rule);
// "confirmed by a hang", "not searched", …
std::string_view confirmation_text(Confirmation confirmation);

}  // namespace zoneknot::lockcheck
