// What a report prints for a user to type. Pure functions, but for the current folder and the program's own
// name, which main() sets once before anything else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zoneknot::tools {

// `text` as one word of a POSIX shell: as it is, or in quotes where the shell would make something else of it.
std::string shell_word(std::string_view text);

// The name of an output as a word of a shell: `wanted`, or with a number before its ending if that is one of `inputs`,
// which the command reads. An empty path is none.
std::string output_word(const std::string& wanted, const std::vector<std::string>& inputs);
// "hang.small.witness" for "hang.witness" and "small".
std::string with_infix(const std::string& path, const std::string& infix);

// What the user typed to call this program, as a word of a shell; "zoneknot" until it is set.
const std::string& program_word();
void set_program(std::string_view typed);

}  // namespace zoneknot::tools
