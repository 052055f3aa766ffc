using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary>TLS with an authority of our own, client certificates, WebSocket.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority = MakeAuthority();

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_client_certificate_stands_for_its_user()
    {
        using X509Certificate2 server = Issue("localhost");
        using X509Certificate2 own = Issue("filler-1");
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(
            new MqttBrokerOptions { AllowAnonymous = false, Users = [new MqttUser { Name = "filler", CertificateName = "filler-1" }] },
            configureListener: listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = server;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == _authority.Subject;
            }));

        await using (MqttClient client = new(Options(host.Port, own)))
        {
            await client.ConnectAsync(Limit);
            await EchoAsync(client);
        }

        await using MqttClient stranger = new(Options(host.Port, null));
        MqttConnectException refused = await Assert.ThrowsAsync<MqttConnectException>(() => stranger.ConnectAsync(Limit));
        Assert.Equal(MqttReasonCode.NotAuthorized, refused.ReasonCode);
    }

    [Fact]
    public async Task A_server_certificate_of_another_authority_or_name_is_not_accepted()
    {
        using X509Certificate2 server = Issue("localhost");
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions(), configureListener: listen => listen.UseHttps(server));
        using X509Certificate2 other = MakeAuthority();

        MqttClientOptions wrongAuthority = Options(host.Port, null);
        wrongAuthority.TlsAuthorities = [other];
        await using MqttClient first = new(wrongAuthority);
        await Assert.ThrowsAsync<MqttConnectException>(() => first.ConnectAsync(Limit));

        MqttClientOptions wrongName = Options(host.Port, null);
        wrongName.TlsServerName = "elsewhere";
        await using MqttClient second = new(wrongName);
        await Assert.ThrowsAsync<MqttConnectException>(() => second.ConnectAsync(Limit));
    }

    [SkippableFact]
    public async Task The_client_speaks_tls_to_mosquitto_with_a_client_certificate()
    {
        using X509Certificate2 server = Issue("localhost");
        using X509Certificate2 own = Issue("filler-1");
        await File.WriteAllTextAsync(_folder["ca.pem"], _authority.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder["server.pem"], server.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder["server.key"], server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        int port = Loopback.FreePort();
        await using Mosquitto mosquitto = await Mosquitto.StartAsync($"""
            listener {port} 127.0.0.1
            cafile {_folder["ca.pem"]}
            certfile {_folder["server.pem"]}
            keyfile {_folder["server.key"]}
            require_certificate true
            """);
        await Loopback.WaitForListenerAsync(port, mosquitto.Process.Process);

        await using MqttClient client = new(Options(port, own));
        await client.ConnectAsync(Limit);

        await EchoAsync(client);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task The_client_speaks_websocket_to_our_broker(MqttVersion version)
    {
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions(), webSocketPort: 0);
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = host.WebSocketPort, WebSocketPath = "/mqtt", Version = version });
        await client.ConnectAsync(Limit);

        await EchoAsync(client);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task The_client_speaks_secure_websocket_to_our_broker(MqttVersion version)
    {
        using X509Certificate2 server = Issue("localhost");
        await using MqttBrokerHost host = await MqttBrokerHost.StartAsync(new MqttBrokerOptions(), webSocketPort: 0, configureListener: listen => listen.UseHttps(server));
        MqttClientOptions options = Options(host.WebSocketPort, null);
        options.WebSocketPath = "/mqtt";
        options.Version = version;
        await using (MqttClient client = new(options))
        {
            await client.ConnectAsync(Limit);
            await EchoAsync(client);
        }

        using X509Certificate2 other = MakeAuthority();
        options.TlsAuthorities = [other];
        await using MqttClient distrustful = new(options);
        await Assert.ThrowsAsync<MqttConnectException>(() => distrustful.ConnectAsync(Limit));
    }

    [SkippableFact]
    public async Task The_client_speaks_secure_websocket_to_mosquitto()
    {
        using X509Certificate2 server = Issue("localhost");
        await File.WriteAllTextAsync(_folder["server.pem"], server.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder["server.key"], server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        int port = Loopback.FreePort();
        await using Mosquitto mosquitto = await Mosquitto.StartAsync($"""
            listener {port} 127.0.0.1
            protocol websockets
            certfile {_folder["server.pem"]}
            keyfile {_folder["server.key"]}
            """);
        await Loopback.WaitForListenerAsync(port, mosquitto.Process.Process);
        MqttClientOptions options = Options(port, null);
        options.WebSocketPath = "/";
        await using MqttClient client = new(options);
        await client.ConnectAsync(Limit);

        await EchoAsync(client);
    }

    [SkippableFact]
    public async Task The_client_speaks_websocket_to_mosquitto()
    {
        int port = Loopback.FreePort();
        await using Mosquitto mosquitto = await Mosquitto.StartAsync($"listener {port} 127.0.0.1\nprotocol websockets");
        await Loopback.WaitForListenerAsync(port, mosquitto.Process.Process);
        await using MqttClient client = new(new MqttClientOptions { Host = "127.0.0.1", Port = port, WebSocketPath = "/" });
        await client.ConnectAsync(Limit);

        await EchoAsync(client);
    }

    private static async Task EchoAsync(MqttClient client)
    {
        await client.SubscribeAsync("echo", MqttQoS.ExactlyOnce, Limit);
        string payload = new('x', 100_000);
        await client.PublishAsync("echo", Encoding.UTF8.GetBytes(payload), MqttQoS.ExactlyOnce, retain: false, Limit);
        MqttMessage received = Assert.Single(await client.TakeAsync(1, Limit));
        Assert.Equal(payload, Encoding.UTF8.GetString(received.Payload.Span));
    }

    private static X509Certificate2 MakeAuthority()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN=Test authority {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
    }

    private X509Certificate2 Issue(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 issued = request.Create(_authority, now.AddHours(-1), now.AddDays(5), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private MqttClientOptions Options(int port, X509Certificate2? own) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        UseTls = true,
        TlsServerName = "localhost",
        TlsAuthorities = [_authority],
        TlsClientCertificate = own,
    };
}
