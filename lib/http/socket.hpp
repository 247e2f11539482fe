// The descriptor of a socket, which closes itself.
//
// Thread safety: none of its own.
#pragma once

#include <string>

#include "base/descriptor.hpp"

namespace shop::http {

class Socket : public Descriptor {
public:
    using Descriptor::Descriptor;
    // After this the other side reads an end of file once it has read all that was sent.
    void shut_writing();
};

std::string error_text(int error_number);

}  // namespace shop::http
