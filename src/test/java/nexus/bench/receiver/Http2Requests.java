package nexus.bench.receiver;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One connection with HTTP/2 from its first byte on: every request counts as one to {@code /count}, and is answered with 200. */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails when the caller has hung up
final class Http2Requests extends ByteToMessageDecoder {
    private static final int PREFACE = Http2CodecUtil.connectionPrefaceBuf().readableBytes();
    /** Of a stream: larger than any body. */
    private static final int STREAM_WINDOW = 1 << 24;
    /** Of the connection; given again when half of it is used. */
    private static final int CONNECTION_WINDOW = 1 << 30;

    private static final byte STATUS_200 = (byte) 0x88; // its place in HPACK's static table

    private final Receipts receipts;
    private final Http2FrameReader reader = new DefaultHttp2FrameReader();
    private final Http2FrameWriter writer = new DefaultHttp2FrameWriter();
    private final Frames frames = new Frames();
    private final Map<Integer, Request> open = new HashMap<>(); // by stream
    private boolean hasBegun;
    private int unreturned; // bytes of bodies

    /** Whose body has not ended. */
    private static final class Request {
        private final long idHash;
        private byte[] body = {};

        Request(long idHash) {
            this.idHash = idHash;
        }
    }

    Http2Requests(Receipts receipts) {
        this.receipts = receipts;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Http2Exception {
        if (!hasBegun) {
            if (in.readableBytes() < PREFACE) {
                return;
            }
            hasBegun = true;
            in.skipBytes(PREFACE);
            writer.writeSettings(context, new Http2Settings().initialWindowSize(STREAM_WINDOW), context.newPromise());
            giveWindow(context, CONNECTION_WINDOW);
        }
        reader.readFrame(context, in, frames);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        context.flush();
        super.channelReadComplete(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        reader.close();
        writer.close();
    }

    private void giveWindow(ChannelHandlerContext context, int bytes) {
        writer.writeWindowUpdate(context, Http2CodecUtil.CONNECTION_STREAM_ID, bytes, context.newPromise());
    }

    private void ended(ChannelHandlerContext context, int stream) {
        Request request = Objects.requireNonNull(open.remove(stream), "a stream that was not opened");
        receipts.count(request.body, 0, request.body.length, request.idHash);
        ByteBuf answer = context.alloc().buffer(Http2CodecUtil.FRAME_HEADER_LENGTH + 1);
        answer.writeMedium(1).writeByte(Http2FrameTypes.HEADERS);
        answer.writeByte(new Http2Flags().endOfHeaders(true).endOfStream(true).value());
        answer.writeInt(stream).writeByte(STATUS_200);
        context.write(answer, context.voidPromise());
    }

    /** Called by the reader for each frame. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean isEnd) {
            open.put(stream, new Request(Receipts.hash(headers.get("webhook-id", ""))));
            if (isEnd) {
                ended(context, stream);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean isExclusive,
                int padding,
                boolean isEnd) {
            onHeadersRead(context, stream, headers, padding, isEnd);
        }

        @Override
        public int onDataRead(ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean isEnd) {
            int bytes = data.readableBytes();
            Request request = open.get(stream);
            if (request != null) {
                int length = request.body.length;
                request.body = Arrays.copyOf(request.body, length + bytes);
                data.readBytes(request.body, length, bytes);
                if (isEnd) {
                    ended(context, stream);
                }
            }
            unreturned += bytes + padding;
            if (unreturned > CONNECTION_WINDOW / 2) {
                giveWindow(context, unreturned);
                unreturned = 0;
            }
            return bytes + padding;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int stream, long errorCode) {
            open.remove(stream);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
            writer.writeSettingsAck(context, context.newPromise());
        }

        @Override
        public void onPingRead(ChannelHandlerContext context, long data) {
            writer.writePing(context, true, data, context.newPromise());
        }
    }
}
