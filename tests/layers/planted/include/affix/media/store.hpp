#pragma once
#include "affix/persistence/field.hpp"
#include "affix/orm/model.hpp"
