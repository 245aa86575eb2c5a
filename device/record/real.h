// The function of the C library behind one of ours, looked up at its first call: constructors of other libraries may
// call before ours has run, so nothing here needs one. Looking up allocates nothing and takes no lock of pthreads. Any
// thread.
#pragma once

#include <dlfcn.h>

namespace zoneknot::record {

template <class Function>
class Real {
 public:
  // `version` is the one to be had where there are several; the newest where that is not known.
  constexpr explicit Real(const char* name, const char* version = nullptr) : name_(name), version_(version) {}

  template <class... Arguments>
  [[gnu::always_inline]] auto operator()(Arguments... arguments) {
    return get()(arguments...);
  }
  [[gnu::always_inline]] Function* get() {
    Function* const known = __atomic_load_n(&function_, __ATOMIC_RELAXED);
    return known != nullptr ? known : look_up();
  }

 private:
  [[gnu::noinline]] Function* look_up() {
    void* found = version_ != nullptr ? dlvsym(RTLD_NEXT, name_, version_) : nullptr;
    if (found == nullptr) found = dlsym(RTLD_NEXT, name_);
    if (found == nullptr) __builtin_trap();  // the program could not have been linked without it
    auto* const function = reinterpret_cast<Function*>(found);
    __atomic_store_n(&function_, function, __ATOMIC_RELAXED);
    return function;
  }

  const char* name_;
  const char* version_;
  Function* function_ = nullptr;
};

}  // namespace zoneknot::record
