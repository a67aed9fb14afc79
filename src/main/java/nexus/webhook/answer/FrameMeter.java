package nexus.webhook.answer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts the frames and bytes of an HTTP/2 connection before they are decoded, and closes it when they are more than its
 * requests account for. Also ends a connection whose receiver does not become ready in time, and puts what breaks it
 * before that into words.
 */
final class FrameMeter extends ChannelInboundHandlerAdapter {
    private static final int FRAME_HEADER = 9;
    /** Unused allowances are kept for this many requests. */
    private static final int KEPT_REQUESTS = 32;
    /** For settings, pings and window updates of a connection without requests. */
    private static final int FRAMES_PER_SECOND = 100;

    private static final int BYTES_PER_SECOND = 16 * 1024;

    private final AnswerLimits limits;
    private final Duration readyWithin;

    private @Nullable Future<?> deadline;
    private boolean isReady;
    private boolean isOver;
    private long framesLeft = AnswerLimits.FRAMES;
    private long bytesLeft;
    private long refilledAt = System.nanoTime();
    private int headerRead; // bytes of the current frame's header
    private int payloadLeft; // bytes of the current frame's payload, complete when its header is

    /** @param readyWithin from its installation until the receiver's settings arrive */
    FrameMeter(AnswerLimits limits, Duration readyWithin) {
        this.limits = limits;
        this.readyWithin = readyWithin;
        this.bytesLeft = limits.bytes();
    }

    /** The receiver's settings are there. */
    void becomeReady() {
        isReady = true;
        cancelDeadline();
    }

    /** Another request begins and may be answered. */
    void beginRequest() {
        refill(AnswerLimits.FRAMES, limits.bytes());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> {
                            if (!isReady) {
                                end(ctx, "the receiver did not begin HTTP/2 in time");
                            }
                        },
                        readyWithin.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancelDeadline();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        cancelDeadline();
        super.channelInactive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (isOver) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof ByteBuf bytes) {
            refillByTime();
            framesLeft -= frames(bytes);
            bytesLeft -= bytes.readableBytes();
            if (framesLeft < 0 || bytesLeft < 0) {
                bytes.release();
                end(ctx, "more HTTP/2 frames or bytes arrived than its requests account for");
                return;
            }
        }
        super.channelRead(ctx, message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (isReady || isOver) {
            super.exceptionCaught(ctx, cause);
        } else {
            end(ctx, FailureText.of(cause)); // the client would only say that the connection was closed
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslCloseCompletionEvent) {
            GuardedConnection.close(ctx); // nothing more can come, whether or not the socket is closed too
        }
        super.userEventTriggered(ctx, event);
    }

    private void end(ChannelHandlerContext ctx, String words) {
        isOver = true;
        ctx.fireExceptionCaught(
                Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, new BrokenAnswer(words), words));
        GuardedConnection.close(ctx);
    }

    private void refillByTime() {
        long now = System.nanoTime();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(now - refilledAt);
        if (seconds > 0) {
            refilledAt = now;
            refill(seconds * FRAMES_PER_SECOND, seconds * BYTES_PER_SECOND);
        }
    }

    private void refill(long frames, long bytes) {
        framesLeft = Math.min(framesLeft + frames, (long) KEPT_REQUESTS * AnswerLimits.FRAMES);
        bytesLeft = Math.min(bytesLeft + bytes, KEPT_REQUESTS * limits.bytes());
    }

    /** Frames that begin in these bytes; reads nothing off. */
    private int frames(ByteBuf bytes) {
        int begun = 0;
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (headerRead < FRAME_HEADER) {
                if (headerRead < 3) {
                    payloadLeft = payloadLeft << 8 | bytes.getUnsignedByte(at);
                }
                begun += headerRead == 0 ? 1 : 0;
                headerRead++;
                at++;
            } else {
                int skipped = Math.min(payloadLeft, end - at);
                payloadLeft -= skipped;
                at += skipped;
            }
            if (headerRead == FRAME_HEADER && payloadLeft == 0) {
                headerRead = 0;
            }
        }
        return begun;
    }

    private void cancelDeadline() {
        Future<?> scheduled = deadline;
        if (scheduled != null) {
            scheduled.cancel(false);
            deadline = null;
        }
    }
}
