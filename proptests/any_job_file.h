// Random job files with any options, and the switches, device and faults they are taken with. What is made shows itself
// as something to type.
#pragma once

#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tools/instance/instance.h"

namespace zoneknot::proptests {

struct AnyJobFile {
  std::string text;
  std::string fixes;
  std::string device;
  std::string faults;
};

void showValue(const AnyJobFile& file, std::ostream& out);

std::string one_of(const std::vector<std::string>& texts);

rc::Gen<AnyJobFile> any_job_file();

tl::expected<tools::Instance, tools::InputError> instance_of(const AnyJobFile& file, const std::string& bound = {});

}  // namespace zoneknot::proptests
