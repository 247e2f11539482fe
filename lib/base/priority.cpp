#include "base/priority.hpp"

#include <sched.h>

namespace shop {

void yield_to_others() {
    const sched_param none{};
    // Where it is not allowed, the work goes on with the weight that it has.
    (void)::sched_setscheduler(0, SCHED_IDLE, &none);
}

}  // namespace shop
