package nexus.webhook.answer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answers of an HTTP/1.1 connection so that each request gets its own answer and nothing else: skips
 * informational answers, bounds what arrives, and lets the connection be used again only when the answer's framing leaves
 * nothing and no byte followed it. Everything else ends the connection with a {@link BrokenAnswer}.
 *
 * <p>The end of an answer is passed on when the socket has nothing more to read, because the client writes the next
 * request as soon as it sees that end.
 */
final class AnswerDecoder extends HttpResponseDecoder {
    private static final int MAX_FIRST_LINE = 4_096;
    private static final int MAX_CHUNK = 8_192;
    private static final Set<String> IDLE_TIMEOUTS = Set.of("HTTP/1.1 408", "HTTP/1.0 408");
    private static final int IDLE_TIMEOUT_LENGTH = 12;

    private final GuardedConnection connection;
    private final AnswerLimits limits;
    private final List<Object> parsed = new ArrayList<>();

    private boolean isUsed;
    private boolean isAwaited; // a request is written or being written, and its answer has not ended
    private boolean isRequestWritten;
    private boolean isReading; // between a read and its completion
    private boolean isOver; // the connection is being closed
    private long received; // since the request
    private int informational;
    private boolean isSkipping; // the rest of an informational answer
    private @Nullable String doubt; // about the answer's length, of which Netty removes the evidence
    private boolean isOverrun; // bytes followed the answer's end
    private @Nullable HttpResponse head;
    private @Nullable LastHttpContent end;

    AnswerDecoder(GuardedConnection connection, AnswerLimits limits) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_FIRST_LINE)
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxChunkSize(MAX_CHUNK)
                .setUseRfc9112TransferEncoding(false)); // AnswerFraming judges it: an odd answer is still an answer
        this.connection = connection;
        this.limits = limits;
    }

    /**
     * Called before a request is written. Reads a kept connection once more, since bytes or the end may have arrived since
     * its last read.
     *
     * @return false: nothing may be written on this connection any more
     */
    boolean beginRequest(Channel channel) {
        received = 0;
        if (isUsed && !isReading && channel.unsafe() instanceof AbstractNioChannel.NioUnsafe socket) {
            socket.read();
        }
        if (isOver || !channel.isActive()) {
            return false;
        }
        isUsed = true;
        isAwaited = true;
        isRequestWritten = false;
        informational = 0;
        return true;
    }

    void requestWritten() {
        isRequestWritten = true;
    }

    /** Whether a byte arrived since the request. */
    boolean hasReceived() {
        return received > 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        isReading = true;
        if (isOver || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (!isAwaited) {
            isOver = true;
            connection.hasStrayBytes(isIdleTimeout(bytes) ? null : "bytes arrived that belong to no answer");
            bytes.release();
            GuardedConnection.close(ctx);
            return;
        }
        String other = received == 0 ? otherProtocol(bytes) : null;
        received += bytes.readableBytes();
        if (other != null) {
            bytes.release();
            fail(ctx, other);
        } else if (received > limits.bytes()) {
            bytes.release();
            fail(ctx, "more than " + limits.bytes() + " bytes arrived for one request");
        } else {
            super.channelRead(ctx, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        LastHttpContent last = end;
        if (last != null) {
            complete(ctx, last);
        }
        isReading = false;
        super.channelReadComplete(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslCloseCompletionEvent) {
            GuardedConnection.close(ctx); // nothing more can come, whether or not the socket is closed too
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (isOver || end != null) {
            isOverrun |= in.isReadable();
            in.skipBytes(in.readableBytes());
            return;
        }
        super.decode(ctx, in, parsed);
        parsed.forEach(part -> accept(ctx, part, out));
        parsed.clear();
    }

    /** The connection has ended. */
    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        List<Object> late = new ArrayList<>();
        super.decodeLast(ctx, in, late);
        for (Object part : late) {
            if (part instanceof HttpResponse cutOff && cutOff.decoderResult().isFailure()) {
                ReferenceCountUtil.release(cutOff);
            } else {
                accept(ctx, part, out);
            }
        }
        if (end != null) {
            closeAfter(head);
            out.add(end);
            end = null;
            isAwaited = false;
        } else if (!isOver && isAwaited && received > 0 && head == null) {
            fail(ctx, new BrokenAnswer("the connection was closed in the middle of the answer's headers", false));
        }
        isOver = true;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        doubt = "its answer has both Transfer-Encoding and Content-Length";
        super.handleTransferEncodingChunkedWithContentLength(message);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        boolean isEmpty = super.isContentAlwaysEmpty(message);
        if (isEmpty && message.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            doubt = "its answer announces a body that it cannot have";
        }
        return isEmpty;
    }

    private void accept(ChannelHandlerContext ctx, Object part, List<Object> out) {
        if (isOver) {
            ReferenceCountUtil.release(part);
        } else if (part instanceof HttpObject object && object.decoderResult().isFailure()) {
            Throwable cause = object.decoderResult().cause();
            ReferenceCountUtil.release(part);
            fail(
                    ctx,
                    object instanceof HttpResponse broken
                            ? BrokenAnswer.inHead(broken, cause)
                            : BrokenAnswer.inBody(cause));
        } else if (part instanceof HttpResponse response) {
            acceptHead(ctx, response, out);
        } else if (isSkipping) {
            isSkipping = !(part instanceof LastHttpContent);
            ReferenceCountUtil.release(part);
        } else if (part instanceof LastHttpContent last) {
            end = last;
        } else if (part instanceof HttpContent content) {
            out.add(content);
        } else {
            ReferenceCountUtil.release(part);
            fail(ctx, "the answer is not HTTP");
        }
    }

    private void acceptHead(ChannelHandlerContext ctx, HttpResponse response, List<Object> out) {
        int status = response.status().code();
        HttpVersion version = response.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            fail(ctx, "the answer has another version of HTTP than 1.0 and 1.1");
        } else if (status == 101) {
            fail(ctx, "answered 101: it switches to another protocol, which was not asked for");
        } else if (status >= 100 && status < 200) {
            isSkipping = true;
            if (++informational > AnswerLimits.INFORMATIONAL) {
                fail(ctx, "more than " + AnswerLimits.INFORMATIONAL + " informational answers to one request");
            }
        } else if (!AnswerFraming.isKnown(response)) {
            fail(ctx, "the answer's Transfer-Encoding is not chunked");
        } else {
            head = response;
            connection.limitKeepAlive(response.headers());
            out.add(response);
        }
    }

    private void complete(ChannelHandlerContext ctx, LastHttpContent last) {
        HttpResponse answered = head;
        end = null;
        head = null;
        isAwaited = false;
        if (answered == null) { // not possible: an end follows a head
            last.release();
            fail(ctx, "the answer has no head");
            return;
        }
        String left = isOverrun ? "bytes follow the end of its answer" : doubt;
        if (left == null) {
            left = AnswerFraming.leftover(answered);
        }
        if (left != null) {
            connection.leavesBytes(left, isOverrun);
        }
        isOver = left != null || !isRequestWritten || AnswerFraming.isLast(answered) || connection.isDistrusted();
        if (isOver) {
            closeAfter(answered);
        }
        ctx.fireChannelRead(last);
        if (isOver) {
            GuardedConnection.close(ctx);
        }
    }

    /** Lets the client take the connection out of its pool before it gives it to another request. */
    private static void closeAfter(@Nullable HttpResponse answered) {
        if (answered != null) {
            answered.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void fail(ChannelHandlerContext ctx, String words) {
        fail(ctx, new BrokenAnswer(words));
    }

    private void fail(ChannelHandlerContext ctx, BrokenAnswer broken) {
        isOver = true;
        isAwaited = false;
        ctx.fireExceptionCaught(broken);
        GuardedConnection.close(ctx);
    }

    /** A server may announce with a 408 that it closes a connection on which no request came: RFC 9110, 15.5.9. */
    private static boolean isIdleTimeout(ByteBuf bytes) {
        return bytes.readableBytes() > IDLE_TIMEOUT_LENGTH
                && IDLE_TIMEOUTS.contains(
                        bytes.toString(bytes.readerIndex(), IDLE_TIMEOUT_LENGTH, StandardCharsets.US_ASCII));
    }

    /** The protocol that the receiver uses instead, if the first bytes show it. */
    private static @Nullable String otherProtocol(ByteBuf bytes) {
        int start = bytes.readerIndex();
        if (bytes.readableBytes() < 5) {
            return null;
        }
        int first = bytes.getUnsignedByte(start);
        if ((first == 0x15 || first == 0x16) && bytes.getUnsignedByte(start + 1) == 3) {
            return "the receiver speaks TLS on this port: use https";
        }
        if (bytes.getUnsignedMedium(start) < 0x4000 && first == 0 && bytes.getUnsignedByte(start + 3) == 4) {
            return "the receiver speaks only HTTP/2 without TLS, which is not supported";
        }
        return null;
    }
}
