#pragma once

#include "backends/database.hpp"
#include "stage.hpp"

namespace affix::tests {

/// Changes rows of the stage and their files at random until it is killed. Each commit that it
/// knows of becomes a line of its history: `row generation contents step`; what fails otherwise
/// than by a race with another worker becomes one that starts with `!`.
[[noreturn]] void write_for_ever(const Stage& stage, int worker);

/// Removes what no row has, at once and again and again, until it is killed.
[[noreturn]] void reap_for_ever(const Stage& stage, int worker);

/// Makes the ledger's tables together with others, once.
int make_schema(const Stage& stage);

/// Has some processes do that in an empty database, again and again. Whether all have succeeded.
bool start_at_once(const Target& target, int rounds);

}  // namespace affix::tests
