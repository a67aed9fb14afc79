package nexus.webhook.answer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Filters the frames of an HTTP/2 connection before the client: skips informational answers and unknown frames, refuses
 * frames that are no answer, and remembers which requests the receiver did not process.
 */
final class Http2Answers extends Http2FrameListenerDecorator {
    private final GuardedConnection guarded;
    private final Http2ConnectionHandler handler;
    private final Http2Connection connection;
    private final Http2Connection.PropertyKey informational;
    private int lastProcessed = Integer.MAX_VALUE;
    private boolean requiresHttp1;

    Http2Answers(GuardedConnection guarded, Http2ConnectionHandler handler) {
        super(handler.decoder().frameListener());
        this.guarded = guarded;
        this.handler = handler;
        this.connection = handler.connection();
        this.informational = connection.newKey();
    }

    /** Whether a GOAWAY of the receiver says that it did not process this stream. */
    boolean isUnprocessed(int streamId) {
        return streamId > lastProcessed;
    }

    /** Whether a GOAWAY of the receiver says that it takes requests over HTTP/1.1 alone. */
    boolean requiresHttp1() {
        return requiresHttp1;
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception {
        if (isFinal(streamId, headers, endOfStream)) {
            super.onHeadersRead(ctx, streamId, headers, padding, endOfStream);
            endRequest(ctx, streamId, endOfStream);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, endOfStream);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        int processed = super.onDataRead(ctx, streamId, data, padding, endOfStream);
        endRequest(ctx, streamId, endOfStream);
        return processed;
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData)
            throws Http2Exception {
        lastProcessed = Math.min(lastProcessed, lastStreamId);
        requiresHttp1 |= errorCode == Http2Error.HTTP_1_1_REQUIRED.code();
        super.onGoAwayRead(ctx, lastStreamId, errorCode, debugData);
    }

    @Override
    public void onUnknownFrame(
            ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload) {
        // ignored, as RFC 9113, 4.1 asks for
    }

    private boolean isFinal(int streamId, Http2Headers headers, boolean endOfStream) throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        if (stream == null || !connection.local().isValidStreamId(streamId)) {
            throw connectionError("the receiver opened an HTTP/2 stream of its own");
        }
        if (stream.isTrailersReceived()) {
            return true;
        }
        int status = status(headers);
        if (status == 101) {
            throw streamError(streamId, "answered 101: it switches to another protocol, which was not asked for");
        } else if (status < 100 || status > 199) {
            if (status < 0) {
                throw streamError(streamId, "the answer has no status");
            }
            return true;
        } else if (endOfStream) {
            throw streamError(streamId, "an informational answer ends the HTTP/2 stream");
        }
        int count = stream.getProperty(informational) instanceof Integer before ? before + 1 : 1;
        stream.setProperty(informational, count);
        if (count > AnswerLimits.INFORMATIONAL) {
            throw connectionError("more than " + AnswerLimits.INFORMATIONAL + " informational answers to one request");
        }
        return false;
    }

    /** A receiver that has answered does not read the rest of the request: it must not hold the stream. */
    private void endRequest(ChannelHandlerContext ctx, int streamId, boolean endOfStream) {
        Http2Stream stream = endOfStream ? connection.stream(streamId) : null;
        if (stream != null && stream.state().localSideOpen()) {
            ctx.executor().execute(() -> {
                Http2Stream left = connection.stream(streamId);
                if (left != null && left.state().localSideOpen()) {
                    ChannelFuture unused =
                            handler.resetStream(ctx, streamId, Http2Error.CANCEL.code(), ctx.newPromise());
                    ctx.flush();
                }
            });
        }
    }

    private Http2Exception streamError(int streamId, String words) {
        guarded.report(words);
        return Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, new BrokenAnswer(words), words);
    }

    private static Http2Exception connectionError(String words) {
        return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, new BrokenAnswer(words), words);
    }

    /** Negative when it has none that is a number of three digits. */
    private static int status(Http2Headers headers) {
        CharSequence status = headers.status();
        if (status == null || status.length() != 3 || !status.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return -1;
        }
        return Integer.parseInt(status.toString());
    }
}
