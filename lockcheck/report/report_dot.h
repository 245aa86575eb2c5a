// A verdict as pictures in Graphviz's DOT language: the stuck tasks and what they wait for, each deadlock that was
// predicted, and the order in which locks were taken. Pure; any thread. Equal verdicts have equal pictures; names are
// escaped, whatever is in them.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// One digraph, ended by a newline. Boxes are tasks, ellipses what they wait for; an arrow that is drawn through goes
// from a task to what it waits for, a bold one from there to its owner. A verdict without any of it is a title alone.
std::string to_dot(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
