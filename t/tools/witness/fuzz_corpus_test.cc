// Runs the checks of the fuzz targets with any compiler: over their corpus, and over small changes to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "t/fuzz/fuzz_entries.h"
#include "t/fuzz/trace_entries.h"

namespace zoneknot {
namespace {

constexpr int kChangesOfEach = 300;

std::vector<std::string> corpus(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(ZONEKNOT_JOBS "/../fuzz/corpus/" + folder)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> texts;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

std::uint64_t next(std::uint64_t& state) {  // xorshift
  state ^= state << 13U;
  state ^= state >> 7U;
  state ^= state << 17U;
  return state;
}

// Replaces, removes or doubles a few bytes.
std::string changed(std::string text, std::uint64_t& state) {
  constexpr std::string_view kBytes = "0189 =[]\n\r#;${}kmz%-.,:/\"\\x\0\xff";
  for (std::uint64_t changes = 1 + next(state) % 4; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = next(state) % text.size();
    switch (next(state) % 4) {
      case 0:
        text.erase(at, 1 + next(state) % 8);
        break;
      case 1:
        text.insert(at, text.substr(next(state) % text.size(), next(state) % 16));
        break;
      default:
        text[at] = kBytes[next(state) % kBytes.size()];
    }
  }
  return text;
}

template <class Entry>
void run_over(const std::string& folder, const Entry& entry) {
  const std::vector<std::string> texts = corpus(folder);
  ASSERT_GE(texts.size(), 3U);
  std::uint64_t state = 88172645463325252U;
  for (const std::string& text : texts) {
    entry(text);
    for (int i = 0; i < kChangesOfEach; ++i) entry(changed(text, state));
    for (std::size_t length = 0; length < text.size(); length += 7) entry(text.substr(0, length));
  }
}

TEST(FuzzCorpus, JobFilesKeepEveryPromise) { run_over("job_file", fuzz::fuzz_job_file); }

TEST(FuzzCorpus, FaultFilesKeepEveryPromise) { run_over("fault_file", fuzz::fuzz_fault_file); }

TEST(FuzzCorpus, WitnessLinesKeepEveryPromise) { run_over("witness_line", fuzz::fuzz_witness_line); }

TEST(FuzzCorpus, WitnessFilesKeepEveryPromise) { run_over("witness_file", fuzz::fuzz_witness_file); }

TEST(FuzzCorpus, LockTracesKeepEveryPromise) { run_over("lock_trace", fuzz::fuzz_lock_trace); }

TEST(FuzzCorpus, BacktracesKeepEveryPromise) { run_over("backtrace", fuzz::fuzz_backtrace); }

TEST(FuzzCorpus, StdTracesKeepEveryPromise) { run_over("std_trace", fuzz::fuzz_std_trace); }

}  // namespace
}  // namespace zoneknot
