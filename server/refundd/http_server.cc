#include "server/refundd/http_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "engine/base/status.h"

// The one file that knows Boost.Asio and Boost.Beast. Every operation gives an error code, so that
// nothing is thrown.

namespace refund::daemon {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr uint32_t kHeaderBytes = 8 << 10;
constexpr std::chrono::seconds kPatience{5};
constexpr int kMostConnections = 64;
constexpr int kMostRequests = 1000;  // a connection

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

HttpAnswer PlainAnswer(http::status status) {
  return {static_cast<unsigned>(status), "text/plain; charset=utf-8",
          std::string(http::obsolete_reason(status)) + "\n"};
}

HttpAnswer AnswerTo(const Request& request, const HttpHandler& handler) {
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  if (!reads) return PlainAnswer(http::status::method_not_allowed);
  if (request.version() == 11 && request.count(http::field::host) != 1) {
    return PlainAnswer(http::status::bad_request);
  }
  const std::string target(request.target().data(), request.target().size());
  if (target.empty() || target.front() != '/') return PlainAnswer(http::status::bad_request);
  // Nothing here takes a parameter.
  if (target.find('?') != std::string::npos) return PlainAnswer(http::status::bad_request);
  return handler(target);
}

Response ResponseTo(const Request& request, const HttpHandler& handler) {
  HttpAnswer answer = AnswerTo(request, handler);
  Response response{static_cast<http::status>(answer.status), request.version()};
  response.set(http::field::content_type, answer.content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (answer.status == 405) response.set(http::field::allow, "GET, HEAD");
  response.keep_alive(request.keep_alive());
  const size_t size = answer.body.size();
  if (request.method() != http::verb::head) response.body() = std::move(answer.body);
  response.content_length(size);
  return response;
}

// Of a request that could not be read. None where nobody waits for an answer.
std::optional<http::status> AnswerToError(const beast::error_code& error) {
  if (error == http::error::header_limit) return http::status::request_header_fields_too_large;
  if (error == http::error::body_limit) return http::status::payload_too_large;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return http::status::bad_request;
  }
  return {};
}

}  // namespace

struct HttpServer::Inner {
  asio::io_context context{1};
  Tcp::acceptor acceptor{context};
  HttpHandler handler;
  std::thread thread;
  int connections = 0;

  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(Tcp::socket socket);
  asio::awaitable<bool> ServeOne(beast::tcp_stream& stream, beast::flat_buffer& buffer);
  asio::awaitable<bool> Send(beast::tcp_stream& stream, Response response);
};

asio::awaitable<void> HttpServer::Inner::Accept() {
  asio::steady_timer pause(context);
  while (true) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (error) {  // no descriptors left, most likely: some will be free again
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(kAwait);
      continue;
    }
    if (connections >= kMostConnections) continue;  // and closes it
    ++connections;
    asio::co_spawn(context, Serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> HttpServer::Inner::Serve(Tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(2 * kHeaderBytes);
  for (int requests = 0; requests < kMostRequests; ++requests) {
    if (!co_await ServeOne(stream, buffer)) break;
  }
  beast::error_code ignored;
  stream.socket().shutdown(Tcp::socket::shutdown_both, ignored);
  --connections;
}

asio::awaitable<bool> HttpServer::Inner::ServeOne(beast::tcp_stream& stream,
                                                  beast::flat_buffer& buffer) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(kHeaderBytes);
  parser.body_limit(0);
  stream.expires_after(kPatience);
  const auto [error, bytes] = co_await http::async_read(stream, buffer, parser, kAwait);
  if (!error) co_return co_await Send(stream, ResponseTo(parser.get(), handler));
  if (const auto status = AnswerToError(error)) {
    const HttpAnswer answer = PlainAnswer(*status);
    Response response{*status, 11};
    response.set(http::field::content_type, answer.content_type);
    response.body() = answer.body;
    response.keep_alive(false);
    response.prepare_payload();
    co_await Send(stream, std::move(response));
  }
  co_return false;
}

// False if the connection is over.
asio::awaitable<bool> HttpServer::Inner::Send(beast::tcp_stream& stream, Response response) {
  // What a HEAD is told of has no body: the length is there, the bytes are not.
  http::response_serializer<http::string_body> serializer(response);
  const bool head_only = response.body().empty();
  stream.expires_after(kPatience);
  beast::error_code error;
  if (head_only) {
    error = std::get<0>(co_await http::async_write_header(stream, serializer, kAwait));
  } else {
    error = std::get<0>(co_await http::async_write(stream, serializer, kAwait));
  }
  co_return !error && response.keep_alive();
}

HttpServer::HttpServer(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Listen(const std::string& address,
                                                               uint16_t port) {
  auto inner = std::make_unique<Inner>();
  beast::error_code error;
  const asio::ip::address parsed = asio::ip::make_address(address, error);
  const Tcp::endpoint endpoint(parsed, port);
  if (!error) inner->acceptor.open(endpoint.protocol(), error);
  if (!error) inner->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) inner->acceptor.bind(endpoint, error);
  if (!error) inner->acceptor.listen(kMostConnections, error);
  if (error) return Errorf(absl::StatusCode::kUnavailable, "%s", error.message());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(inner)));
}

void HttpServer::Start(HttpHandler handler) {
  inner_->handler = std::move(handler);
  asio::co_spawn(inner_->context, inner_->Accept(), asio::detached);
  inner_->thread = std::thread([this] { inner_->context.run(); });
}

uint16_t HttpServer::port() const {
  beast::error_code error;
  return inner_->acceptor.local_endpoint(error).port();
}

HttpServer::~HttpServer() {
  inner_->context.stop();
  if (inner_->thread.joinable()) inner_->thread.join();
}

}  // namespace refund::daemon
