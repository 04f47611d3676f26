// A small HTTP server for machines that watch this one: GET and HEAD of a path, nothing else. One
// thread of its own. Limits: 8 KiB of header, no body, 5 s to send a request, 64 connections.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace refund::daemon {

struct HttpAnswer {
  unsigned status = 200;
  std::string content_type;
  std::string body;
};

// Called by the server's thread.
using HttpHandler = std::function<HttpAnswer(const std::string& path)>;

class HttpServer {
 public:
  // Listens, and answers only after Start(). Port 0 is any that is free. kUnavailable if the
  // address cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Listen(const std::string& address,
                                                            uint16_t port);
  ~HttpServer();

  void Start(HttpHandler handler);
  uint16_t port() const;

 private:
  struct Inner;
  explicit HttpServer(std::unique_ptr<Inner> inner);
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::daemon
