# Installs the built library into a scratch folder and does what docs/library.md tells a reader to do: configures a
# project of its own with find_package(Zoneknot), builds it, runs it, and replays what it found.
#   cmake -DBUILD=… -DSOURCE=… -DSCRATCH=… -DCOMPILER=… -DGENERATOR=… -P installed_package.cmake
cmake_minimum_required(VERSION 3.25)

function(must_run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    string(JOIN " " command ${ARGN})
    message(FATAL_ERROR "${command}: ${result}\n${output}")
  endif()
endfunction()

function(build_project folder)
  must_run(${CMAKE_COMMAND} -S ${SOURCE}/t/install/${folder} -B ${SCRATCH}/${folder} -G ${GENERATOR}
           -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${SCRATCH}/installed)
  must_run(${CMAKE_COMMAND} --build ${SCRATCH}/${folder})
endfunction()

function(must_have text part)
  string(FIND "${text}" "${part}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "no '${part}' in\n${text}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
must_run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/installed --component library)
build_project(headers)
build_project(consumer)
build_project(scenarios)

execute_process(COMMAND ${SCRATCH}/consumer/transfer OUTPUT_VARIABLE report RESULT_VARIABLE result)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "the search ended with ${result}\n${report}")
endif()
must_have("${report}" "HANG: pay and refund wait on each other for ever")
must_have("${report}" "task pay waits for ever for account b, owned by refund")
must_have("${report}" "WAITS for account a")
if(NOT report MATCHES "\n(zk2:[^\n]+)\n")
  message(FATAL_ERROR "no witness in\n${report}")
endif()
set(witness ${CMAKE_MATCH_1})

execute_process(COMMAND ${SCRATCH}/consumer/transfer ${witness} OUTPUT_VARIABLE replayed RESULT_VARIABLE result)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "the replay ended with ${result}\n${replayed}")
endif()
must_have("${replayed}" "strategy  replay")
must_have("${replayed}" "HANG: pay and refund wait on each other for ever")

# The command finds what it has programs load where it is installed.
must_run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/installed --component command)
must_run(${SCRATCH}/installed/bin/zoneknot record -o ${SCRATCH}/recorded -- ${CMAKE_COMMAND} -E true)
must_run(${SCRATCH}/installed/bin/zoneknot lockcheck ${SCRATCH}/recorded --export=std -o ${SCRATCH}/recorded.std)

execute_process(COMMAND ${SCRATCH}/consumer/on_threads OUTPUT_VARIABLE on_threads RESULT_VARIABLE result)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "the run on threads ended with ${result}\n${on_threads}")
endif()
must_have("${on_threads}" "HANG: pay and refund wait on each other for ever")
must_have("${on_threads}" "task pay waits for ever for account b, owned by refund")

execute_process(COMMAND ${SCRATCH}/consumer/on_devices OUTPUT_VARIABLE on_devices RESULT_VARIABLE result)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "the search on devices ended with ${result}\n${on_devices}")
endif()
must_have("${on_devices}" "HANG: ")
must_have("${on_devices}" "active zones")

execute_process(COMMAND ${SCRATCH}/consumer/on_a_file WORKING_DIRECTORY ${SCRATCH} OUTPUT_VARIABLE on_a_file
                RESULT_VARIABLE result)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "the run on a file ended with ${result}\n${on_a_file}")
endif()
must_have("${on_a_file}" "HANG: ")
must_have("${on_a_file}" "active zones")

# What each scenario comes to: a hang (1) or a broken promise (4) as it was, and VERIFIED (0) as it was repaired.
execute_process(COMMAND ${SCRATCH}/scenarios/scenarios OUTPUT_VARIABLE scenarios RESULT_VARIABLE result)
string(REGEX MATCHALL "[^\n]+" scenarios "${scenarios}")
list(LENGTH scenarios count)
if(count LESS 10)
  message(FATAL_ERROR "${count} scenarios")
endif()
foreach(line IN LISTS scenarios)
  string(REGEX REPLACE "\t.*" "" name "${line}")
  execute_process(COMMAND ${SCRATCH}/scenarios/scenarios "${name}" faulty OUTPUT_VARIABLE report ERROR_VARIABLE report
                  RESULT_VARIABLE result)
  if(NOT (result EQUAL 1 OR result EQUAL 4))
    message(FATAL_ERROR "${name}, faulty, ended with ${result}\n${report}")
  endif()
  execute_process(COMMAND ${SCRATCH}/scenarios/scenarios "${name}" repaired OUTPUT_VARIABLE report
                  ERROR_VARIABLE report RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${name}, repaired, ended with ${result}\n${report}")
  endif()
  must_have("${report}" "VERIFIED")
endforeach()

# The page shows the program and the project as they are here.
file(READ ${SOURCE}/docs/library.md page)
foreach(file transfer.cc on_threads.cc on_devices.cc on_a_file.cc CMakeLists.txt)
  file(READ ${SOURCE}/t/install/consumer/${file} shown)
  must_have("${page}" "${shown}")
endforeach()
