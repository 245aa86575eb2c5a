#include "tools/option/fault_file.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "t/tools/jobfile/job_file_text.h"

namespace zoneknot::tools {
namespace {

using device::FaultKind;
using device::FaultMoment;
using device::FaultTarget;
using device::ZoneSelection;

device::FaultPlan plan_of(const std::string& text) {
  const auto plan = parse_fault_file(text, "f.toml");
  if (!plan) ADD_FAILURE() << plan.error().to_string();
  return plan.value_or(device::FaultPlan{});
}

std::string error_in(const std::string& text) {
  const auto plan = parse_fault_file(text, "f.toml");
  return plan ? "no error" : plan.error().to_string();
}

TEST(FaultFile, HalfTheZonesFail_IsEioOnWritesToOddZones) {
  const auto plan = plan_of(text_of_file(std::string(ZONEKNOT_JOBS) + "/half-the-zones-fail.toml"));
  ASSERT_EQ(plan.faults.size(), 1U);
  const device::Fault& fault = plan.faults[0];
  EXPECT_EQ(fault.target, FaultTarget::write);
  EXPECT_EQ(fault.zones.kind, ZoneSelection::Kind::odd);
  EXPECT_EQ(fault.kind, FaultKind::error);
  EXPECT_EQ(fault.moment, FaultMoment::complete);
  EXPECT_EQ(fault.error, EIO);
  EXPECT_EQ(fault.probability, 1.0);
  EXPECT_EQ(fault.after, 0U);
  EXPECT_FALSE(fault.count);
}

TEST(FaultFile, WhatElseCanHappen_ReachesThePlan) {
  const auto plan = plan_of(
      "[[fault]]\non = 'write'\nkind = 'late'\ndelay = '5ms'\nrange = ['1M', 2097152]\n"
      "[[fault]]\non = 'finish'\nkind = 'lost'\n[[fault]]\non = 'read'\nkind = 'reordered'\n"
      "[[fault]]\non = 'open'\nkind = 'read-only'\n[[fault]]\non = 'close'\nkind = 'offline'\n"
      "[[fault]]\non = 'sync'\nkind = 'power-cut'\nwrite_cache = 'on'\n[[fault]]\non = 'wait'\nkind = 'signal'\n");
  ASSERT_EQ(plan.faults.size(), 7U);
  EXPECT_EQ(plan.faults[6].target, FaultTarget::wait);
  EXPECT_EQ(plan.faults[6].kind, FaultKind::signal);
  EXPECT_EQ(plan.faults[0].kind, FaultKind::late);
  EXPECT_EQ(plan.faults[0].delay_ns, 5'000'000U);
  EXPECT_EQ(plan.faults[0].range.from, 1U << 20U);
  EXPECT_EQ(plan.faults[0].range.to, 2U << 20U);
  EXPECT_EQ(plan.faults[1].target, FaultTarget::finish);
  EXPECT_EQ(plan.faults[1].kind, FaultKind::lost);
  EXPECT_EQ(plan.faults[2].kind, FaultKind::reordered);
  EXPECT_EQ(plan.faults[3].target, FaultTarget::open);
  EXPECT_EQ(plan.faults[3].kind, FaultKind::read_only);
  EXPECT_EQ(plan.faults[4].target, FaultTarget::close);
  EXPECT_EQ(plan.faults[4].kind, FaultKind::offline);
  EXPECT_EQ(plan.faults[5].kind, FaultKind::power_cut);
  EXPECT_TRUE(plan.faults[5].write_cache);
  for (const device::Fault& fault : plan.faults) EXPECT_EQ(fault.moment, FaultMoment::complete);
}

TEST(FaultFile, WhatCannotHappen_IsRefusedAtItsPlace) {
  const struct {
    const char* text;
    const char* error;
  } rows[] = {
      {"[[fault]]\non='write'\nkind='late'\n", "f.toml:3:6: kind: a late completion needs 'delay'"},
      {"[[fault]]\non='write'\nkind='late'\ndelay=5\n", "f.toml:4:7: delay: is not a time in quotes, such as \"5ms\""},
      {"[[fault]]\non='write'\nkind='lost'\ndelay='5ms'\n", "f.toml:4:7: delay: goes with kind = \"late\" only"},
      {"[[fault]]\non='write'\nkind='lost'\nat='queue'\n", "f.toml:4:4: at: goes with errors and busy only"},
      {"[[fault]]\non='reset'\nkind='reordered'\n",
       "f.toml:3:6: kind: a zone command is waited for, others cannot overtake it"},
      {"[[fault]]\non='write'\nkind='lost'\nrange=[4,4]\n",
       "f.toml:4:7: range: is empty: its end is not above its first byte"},
      {"[[fault]]\non='write'\nkind='lost'\nrange=[4]\n", "f.toml:4:7: range: is not [FIRST, END] of a range of bytes"},
      {"[[fault]]\non='write'\nkind='lost'\nrange=['4q',8]\n", "f.toml:4:8: range: unknown suffix 'q'"},
      {"[[fault]]\non='sync'\nkind='offline'\n", "f.toml:3:6: kind: a sync belongs to no zone"},
      {"[[fault]]\non='write'\nkind='lost'\nwrite_cache='on'\n",
       "f.toml:4:13: write_cache: goes with kind = \"power-cut\" only"},
      {"[[fault]]\non='write'\nkind='power-cut'\n[[fault]]\non='read'\nkind='power-cut'\nwrite_cache='on'\n",
       "f.toml:4:1: write_cache: an earlier power-cut has it otherwise"},
      {"[[fault]]\non='write'\nkind='offlin'\n",
       "f.toml:3:6: kind: 'offlin' is none of error, short, busy, late, reordered, lost, read-only, offline, "
       "power-cut, "
       "signal (did you mean 'offline'?)"},
  };
  for (const auto& row : rows) EXPECT_EQ(error_in(row.text), row.error) << row.text;
}

TEST(FaultFile, EveryKey_ReachesThePlan) {
  const auto plan = plan_of(
      "[[fault]]\non = 'read'\nzones = [5, 2]\nkind = 'short'\ntransferred = 4096\nprobability = 0.1\nafter = 99\n"
      "count = 3\n[[fault]]\non = 'write'\nkind = 'busy'\nprobability = 1\n"
      "[[fault]]\non = 'sync'\nerror = 'EAGAIN'\nat = 'queue'\n");
  ASSERT_EQ(plan.faults.size(), 3U);
  EXPECT_EQ(plan.faults[0].target, FaultTarget::read);
  EXPECT_EQ(plan.faults[0].zones.kind, ZoneSelection::Kind::list);
  EXPECT_EQ(plan.faults[0].zones.list, (std::vector<std::uint32_t>{2, 5}));
  EXPECT_EQ(plan.faults[0].kind, FaultKind::short_transfer);
  EXPECT_EQ(plan.faults[0].transferred, 4096U);
  EXPECT_DOUBLE_EQ(plan.faults[0].probability, 0.1);
  EXPECT_EQ(plan.faults[0].after, 99U);
  EXPECT_EQ(plan.faults[0].count, 3U);
  EXPECT_EQ(plan.faults[1].kind, FaultKind::busy);
  EXPECT_EQ(plan.faults[1].moment, FaultMoment::queue);
  EXPECT_EQ(plan.faults[2].moment, FaultMoment::queue);
  EXPECT_EQ(plan.faults[2].error, EAGAIN);
}

TEST(FaultFile, TheExampleOfThePageWorks) {
  const std::string page = text_of_file(std::string(ZONEKNOT_JOBS) + "/../../docs/faults.md");
  const std::size_t begin = page.find("```toml\n") + 8;
  const auto plan = plan_of(page.substr(begin, page.find("```\n", begin) - begin));
  EXPECT_EQ(plan.faults.size(), 3U);
}

TEST(FaultFile, WhatIsWrongInAFault_IsNamedWithItsPlace) {
  // The lines stand below "[[fault]]", so the first is line 2.
  const std::pair<std::string, std::string> cases[] = {
      {"error = 'EIO'", "1:1: a [[fault]] needs 'on'"},
      {"on = 'write'", "1:1: a [[fault]] needs 'error' (or another 'kind')"},
      {"on = 'writes'\nerror = 'EIO'",
       "2:6: on: 'writes' is none of read, write, trim, sync, reset, open, close, finish, wait (did you mean "
       "'write'?)"},
      {"on = 3\nerror = 'EIO'", "2:6: on: is not a text in quotes"},
      {"on = 'write'\nerror = 'EPERM'",
       "3:9: error: 'EPERM' is none of EIO, ENOSPC, EILSEQ, EREMOTEIO, ETIMEDOUT, EOVERFLOW, ETOOMANYREFS, ENODATA, "
       "EAGAIN"},
      {"on = 'write'\nerror = 5", "3:9: error: is not a text in quotes"},
      {"on = 'write'\nerorr = 'EIO'", "3:1: unknown key 'erorr' (did you mean 'error'?)"},
      {"on = 'write'\nerror = 'EIO'\nzones = 'some'", "4:9: zones: 'some' is none of all, odd, even"},
      {"on = 'write'\nerror = 'EIO'\nzones = 3",
       "4:9: zones: is neither \"all\", \"odd\", \"even\" nor a list of numbers"},
      {"on = 'write'\nerror = 'EIO'\nzones = []", "4:9: zones: the list is empty"},
      {"on = 'write'\nerror = 'EIO'\nzones = [1, -2]", "4:13: zones: a zone is a number from 0 to 1048575"},
      {"on = 'write'\nerror = 'EIO'\nzones = [1, 'x']", "4:13: zones: a zone is a number from 0 to 1048575"},
      {"on = 'write'\nerror = 'EIO'\nzones = [3, 1, 3]", "4:9: zones: zone 3 is listed twice"},
      {"on = 'write'\nerror = 'EIO'\nprobability = 1.5", "4:15: probability: is not from 0 to 1"},
      {"on = 'write'\nerror = 'EIO'\nprobability = nan", "4:15: probability: is not from 0 to 1"},
      {"on = 'write'\nerror = 'EIO'\nprobability = true", "4:15: probability: is not a number"},
      {"on = 'write'\nerror = 'EIO'\nafter = -1", "4:9: after: -1 is below 0"},
      {"on = 'write'\nerror = 'EIO'\nafter = 1.0", "4:9: after: is not a whole number"},
      {"on = 'write'\nerror = 'EIO'\ncount = 0", "4:9: count: 0 is below 1"},
      {"on = 'write'\nerror = 'EIO'\ntransferred = 5", "4:15: transferred: goes with kind = \"short\" only"},
      {"on = 'write'\nkind = 'short'", "3:8: kind: a short transfer needs 'transferred'"},
      {"on = 'write'\nkind = 'short'\ntransferred = 4294967296", "4:15: transferred: 4294967296 is above 4294967295"},
      {"on = 'write'\nkind = 'busy'\nerror = 'EIO'", "4:9: error: goes with kind = \"error\" only"},
      {"on = 'write'\nkind = 'busy'\nat = 'complete'", "4:6: at: an engine is busy at the queue"},
      {"on = 'trim'\nkind = 'short'\ntransferred = 0", "3:8: kind: only a read or write can be short"},
      {"on = 'read'\nkind = 'signal'", "3:8: kind: a signal breaks a wait, and nothing else happens to one"},
      {"on = 'wait'\nkind = 'signal'\nzones = 'odd'", "2:6: on: a wait belongs to no zone, no range and no moment"},
      {"on = 'read'\nkind = 'short'\ntransferred = 0\nat = 'queue'",
       "5:6: at: a transfer is short when it is complete"},
      {"on = 'reset'\nerror = 'EIO'\nat = 'queue'", "4:6: at: a reset goes through no queue"},
      {"on = 'reset'\nkind = 'busy'", "3:8: kind: a reset goes through no queue"},
      {"on = 'sync'\nerror = 'EIO'\nzones = 'odd'", "4:9: zones: a sync belongs to no zone"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(error_in("[[fault]]\n" + text + "\n"), "f.toml:" + error);
}

TEST(FaultFile, WhatIsNoPlan_IsRefused) {
  EXPECT_EQ(error_in(""), "f.toml: the plan has no [[fault]]");
  EXPECT_EQ(error_in("\n[fault]\non = 'read'\n"), "f.toml:2:1: a fault begins with [[fault]]");
  EXPECT_EQ(error_in("fault = 3\n"), "f.toml:1:9: a fault begins with [[fault]]");
  EXPECT_EQ(error_in("faults = 3\n"), "f.toml:1:1: unknown key 'faults': a plan consists of [[fault]] tables");
  EXPECT_EQ(error_in(std::string(kMaxInputBytes + 1, '\n')), "f.toml: the file is larger than 1048576 bytes");
  const std::string syntax = error_in("[[fault]]\non = write\n");
  EXPECT_TRUE(syntax.starts_with("f.toml:2:")) << syntax;
  EXPECT_NE(syntax.find(": no TOML: "), std::string::npos) << syntax;
}

}  // namespace
}  // namespace zoneknot::tools
