// What a report prints for a user to type. Pure functions, but for the program's own name, which main() sets once
// before anything else.
#pragma once

#include <string>
#include <string_view>

namespace zoneknot::tools {

// `text` as one word of a POSIX shell: as it is, or in quotes where the shell would make something else of it.
std::string shell_word(std::string_view text);

// What the user typed to call this program, as a word of a shell; "zoneknot" until it is set.
const std::string& program_word();
void set_program(std::string_view typed);

}  // namespace zoneknot::tools
