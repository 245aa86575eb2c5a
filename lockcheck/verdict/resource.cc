#include "lockcheck/verdict/resource.h"

namespace zoneknot::lockcheck {
namespace {

ResourceType without_what_is_known_of_it(ResourceType kind) {
  return kind == ResourceType::unit || kind == ResourceType::pool ? ResourceType::semaphore : kind;
}

}  // namespace

bool same_resource(const ResourceInVerdict& a, const ResourceInVerdict& b) {
  return without_what_is_known_of_it(a.kind) == without_what_is_known_of_it(b.kind) && a.name == b.name;
}

}  // namespace zoneknot::lockcheck
