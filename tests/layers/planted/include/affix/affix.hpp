#pragma once
#include "affix/manager/events.hpp"
#include "affix/persistence/field.hpp"
