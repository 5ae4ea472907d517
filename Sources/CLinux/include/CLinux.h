#pragma once

// Linux, as this program sees it.
#include "clinux_base.h"
#include "clinux_buses.h"
#include "clinux_files.h"
#include "clinux_process.h"
#include "clinux_reactor.h"
#include "clinux_sockets.h"
#include "clinux_threads.h"
#include "clinux_time.h"
