package nexus.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import nexus.api.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Follows the decoder of one connection. It answers a request that is not well-formed itself, after the responses to the
 * earlier requests, and closes the connection. Bytes after such a request are dropped.
 */
final class RequestGuard extends ChannelDuplexHandler {
    private final Edge edge;
    private final boolean isManagement;

    private boolean hasRequest;
    private int unanswered;
    private boolean isAnswering; // the head of a response is written, but not its end
    private boolean isRefused;
    private boolean isSent; // the refusal is written
    private @Nullable Refused waiting;
    private @Nullable ChannelHandlerContext own;

    private record Refused(String path, boolean isHead, boolean isMethod, Problem problem) {}

    RequestGuard(Edge edge, boolean isManagement) {
        this.edge = edge;
        this.isManagement = isManagement;
    }

    boolean hasRequest() {
        return hasRequest;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        own = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isRefused) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            hasRequest = true;
            Optional<Problem> problem = RequestForm.refusal(request);
            if (problem.isPresent()) {
                refuse(context, refused(request, problem.get()));
                ReferenceCountUtil.release(message);
            } else {
                request.headers().remove(HttpHeaderNames.UPGRADE); // HTTP/2 without TLS is not supported
                unanswered++;
                context.fireChannelRead(message);
            }
        } else if (message instanceof HttpContent content
                && content.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            breakOff(context, RequestForm.unreadable(content.decoderResult()));
        } else {
            context.fireChannelRead(message);
        }
    }

    /** The connection does not start with a request. */
    void refuseFirst() {
        ChannelHandlerContext context = own;
        if (context != null) {
            refuse(context, new Refused("/", false, false, Problem.ofStatus(400)));
        }
    }

    private static Refused refused(HttpRequest request, Problem problem) {
        String target = request.uri();
        int query = target.indexOf('?');
        return new Refused(
                query < 0 ? target : target.substring(0, query),
                request.method().equals(HttpMethod.HEAD),
                RequestForm.isRefusedMethod(request.method()),
                problem);
    }

    private void refuse(ChannelHandlerContext context, Refused refused) {
        isRefused = true;
        edge.refused(refused.problem());
        if (unanswered == 0) {
            answer(context, refused);
        } else {
            waiting = refused;
        }
    }

    /** The body of an accepted request cannot be decoded. Its reader sees the connection end. */
    private void breakOff(ChannelHandlerContext context, Problem problem) {
        isRefused = true;
        edge.refused(problem);
        if (unanswered == 1 && !isAnswering) {
            send(context, new Refused("/", false, false, problem), "");
        } else {
            ChannelFuture unused = context.close();
        }
    }

    private void answer(ChannelHandlerContext context, Refused refused) {
        if (refused.isMethod() && !isManagement) {
            edge.allowedMethods(refused.path(), context.executor(), allow -> send(context, refused, allow));
        } else {
            send(context, refused, refused.isMethod() ? "GET, HEAD" : "");
        }
    }

    private void send(ChannelHandlerContext context, Refused refused, String allow) {
        isSent = true;
        Problem problem = refused.problem();
        ByteBuf body = Unpooled.copiedBuffer(problem.toJson(refused.path()), StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(problem.status()),
                refused.isHead() ? Unpooled.EMPTY_BUFFER : body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff");
        if (!allow.isEmpty()) {
            response.headers().set(HttpHeaderNames.ALLOW, allow);
        }
        if (refused.isHead()) {
            body.release();
        }
        ChannelFuture unused = context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (isSent) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new IllegalStateException("the request was refused"));
            return;
        }
        boolean isInformational = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        ChannelFuture unused = context.write(message, promise);
        if (isInformational) {
            return;
        }
        if (message instanceof HttpResponse) {
            isAnswering = true;
        }
        if (message instanceof LastHttpContent) {
            isAnswering = false;
            unanswered--;
            Refused refused = waiting;
            if (refused != null && unanswered == 0) {
                waiting = null;
                answer(context, refused);
            }
        }
    }
}
