#include "tools/record/program.h"

#include <elf.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

namespace zoneknot::tools {
namespace {

constexpr int kScriptsMax = 4;  // as the kernel follows them
constexpr const char* kLibrary = "zoneknot-record.so";

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
constexpr Elf64_Half kMachine = EM_NONE;
#endif

std::optional<std::string> found_in_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat status{};
    if (access(candidate.c_str(), X_OK) == 0 && stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      return candidate;
    }
  }
  return std::nullopt;
}

// What the loader is called; nothing: there is none, the program is linked statically.
std::optional<std::string> loader_of(std::ifstream& file, const Elf64_Ehdr& header) {
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    file.seekg(static_cast<std::streamoff>(header.e_phoff + std::uint64_t{i} * header.e_phentsize));
    if (!file.read(reinterpret_cast<char*>(&part), sizeof part)) return std::nullopt;
    if (part.p_type != PT_INTERP || part.p_filesz > PATH_MAX) continue;
    std::string loader(part.p_filesz, '\0');
    file.seekg(static_cast<std::streamoff>(part.p_offset));
    file.read(loader.data(), static_cast<std::streamsize>(loader.size()));
    return loader.substr(0, loader.find('\0'));
  }
  return std::nullopt;
}

// "#!/usr/bin/env python3" → "/usr/bin/env".
std::string interpreter_of(std::ifstream& script) {
  std::string line;
  script.seekg(2);
  std::getline(script, line);
  std::istringstream words(line);
  std::string interpreter;
  words >> interpreter;
  return interpreter;
}

std::string wrong_with_elf(std::ifstream& file, const std::string& path) {
  Elf64_Ehdr header{};
  file.seekg(0);
  const bool whole = static_cast<bool>(file.read(reinterpret_cast<char*>(&header), sizeof header));
  if (!whole || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return "is no program";
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kMachine) {
    return "is a program for another machine, into which the recorder cannot be loaded";
  }
  const auto loader = loader_of(file, header);
  if (!loader) return "is linked statically: the recorder cannot be loaded into it";
  if (loader->find("ld-linux") == std::string::npos)
    return "uses another C library than glibc, which the recorder needs";
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::strerror(errno);
  const bool as_other = ((status.st_mode & S_ISUID) != 0 && status.st_uid != geteuid()) ||
                        ((status.st_mode & S_ISGID) != 0 && status.st_gid != getegid());
  const bool capable = getxattr(path.c_str(), "security.capability", nullptr, 0) > 0 && geteuid() != 0;
  if (as_other || capable)
    return "runs with other rights than yours (setuid, setgid or capabilities), so nothing can be loaded into it";
  return {};
}

}  // namespace

tl::expected<std::string, InputError> find_program(const std::string& name) {
  const auto refuse = [&name](std::string message) {
    return tl::make_unexpected(InputError{.file = name, .message = std::move(message)});
  };
  if (name.empty()) return refuse("is no program");
  const auto path = found_in_path(name);
  if (!path) return refuse("there is no such program in PATH");
  std::string looked_at = *path;
  for (int depth = 0; depth <= kScriptsMax; ++depth) {
    struct stat status{};
    if (stat(looked_at.c_str(), &status) != 0) return refuse(std::strerror(errno));
    if (S_ISDIR(status.st_mode)) return refuse("is a folder");
    if (access(looked_at.c_str(), X_OK) != 0) return refuse("is not executable");
    std::ifstream file(looked_at, std::ios::binary);
    std::array<char, 2> first{};
    // What may be executed and not be read can be looked into by nobody.
    if (!file.read(first.data(), first.size())) return refuse("cannot be read, so it cannot be recorded");
    if (first[0] != '#' || first[1] != '!') {
      const std::string wrong = wrong_with_elf(file, looked_at);
      if (wrong.empty()) return *path;
      return refuse(looked_at == *path ? wrong : fmt::format("its interpreter {} {}", looked_at, wrong));
    }
    looked_at = interpreter_of(file);
    if (looked_at.empty()) return refuse("is a script without an interpreter");
  }
  return refuse("is a script whose interpreters are scripts");
}

tl::expected<std::string, InputError> find_library() {
  std::error_code error;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const auto& folder : {own.parent_path(), own.parent_path() / ZONEKNOT_LIBRARY_FOLDER}) {
    const std::filesystem::path library = folder / kLibrary;
    if (!std::filesystem::exists(library, error)) continue;
    std::string path = std::filesystem::weakly_canonical(library, error).string();
    if (path.find_first_of(" :") == std::string::npos) return path;
    return tl::make_unexpected(
        InputError{.file = std::move(path),
                   .message = "lies where the loader does not find it: there is a space or a colon in its path"});
  }
  return tl::make_unexpected(
      InputError{.file = kLibrary,
                 .message = fmt::format("is neither in {} nor in {}", own.parent_path().string(),
                                        (own.parent_path() / ZONEKNOT_LIBRARY_FOLDER).lexically_normal().string())});
}

}  // namespace zoneknot::tools
