package nexus.bench.receiver;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import nexus.testkit.TestCertificate;

/**
 * A receiver over TLS that offers one protocol, HTTP/1.1 or HTTP/2, and knows as much of it as a webhook needs. One
 * thread, and the JDK's own engine.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails when the caller has hung up
public final class SecureReceiver implements AutoCloseable {
    private final EventLoopGroup group = new NioEventLoopGroup(1);
    private final Channel server;

    private SecureReceiver(Receipts receipts, String address, SslContext tls, Protocol protocol)
            throws InterruptedException {
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc()), handler(receipts, protocol));
                    }
                })
                .bind(new InetSocketAddress(address, 0))
                .sync()
                .channel();
    }

    /** @param address to bind, with any free port */
    public static SecureReceiver start(
            Receipts receipts, String address, TestCertificate certificate, Protocol protocol)
            throws IOException, GeneralSecurityException, InterruptedException {
        SslContext tls = SslContextBuilder.forServer(certificate.keyManagers())
                .sslProvider(SslProvider.JDK)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocol == Protocol.HTTP2
                                ? ApplicationProtocolNames.HTTP_2
                                : ApplicationProtocolNames.HTTP_1_1))
                .build();
        return new SecureReceiver(receipts, address, tls, protocol);
    }

    private static ChannelHandler handler(Receipts receipts, Protocol protocol) {
        return protocol == Protocol.HTTP2 ? new Http2Requests(receipts) : new OverHttp1(receipts);
    }

    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** One connection. */
    private static final class OverHttp1 extends ChannelInboundHandlerAdapter {
        private final Http1Requests requests;

        OverHttp1(Receipts receipts) {
            requests = new Http1Requests(receipts);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            ByteBuffer in = requests.in(bytes.readableBytes());
            ByteBuffer part = in.duplicate().limit(in.position() + bytes.readableBytes());
            bytes.readBytes(part);
            in.position(part.position());
            bytes.release();
            while (requests.hasNext()) {
                byte[] answer = requests.handle();
                if (answer != null) {
                    context.write(Unpooled.wrappedBuffer(answer), context.voidPromise());
                }
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
