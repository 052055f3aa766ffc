using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

public sealed class MqttUserFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("filler", "plant/filler/speed", true, true)]
    [InlineData("filler", "plant/capper/speed", false, true)]
    [InlineData("filler", "plant/secret", false, false)]
    [InlineData("filler", "status/filler/c", true, false)]
    [InlineData("filler", "status/capper/c", false, false)]
    [InlineData("capper", "plant/filler/speed", false, false)]
    [InlineData("capper", "two words", true, true)]
    [InlineData(null, "open/x", false, true)]
    [InlineData(null, "plant/x", false, false)]
    public void A_rule_file_allows_what_its_lines_say(string? user, string topic, bool publish, bool subscribe)
    {
        string passwords = Write("passwords", $"# comment\n\nfiller:{MqttUser.Hash("a")}\ncapper:{MqttUser.Hash("b")}\n");
        string rules = Write("rules", """
            topic read open/#
            user filler
            topic read plant/#
            topic write plant/filler/#
            topic deny plant/secret

            user capper
            topic two words
            pattern write status/%u/%c
            """);

        IReadOnlyList<MqttUser> users = MqttUserFiles.Read(passwords, rules, out IReadOnlyList<MqttAccessRule> anonymous);

        AccessList access = new(user is null ? anonymous : users.Single(known => known.Name == user).Rules, user, "c");
        byte[] name = System.Text.Encoding.UTF8.GetBytes(topic);
        Assert.Equal((publish, subscribe), (access.MayPublish(name), access.MaySubscribe(name)));
    }

    [Theory]
    [InlineData("$7$101$MDEyMzQ1Njc4OWFi$EO/lLlkeUgIiBaS8G8UK0ZMP1u508TA7Tl+AdJ1cEsmlbGyEPAERErpfq84j1kepISs0UzmcdL4ucgZ2uodxfQ==")]
    [InlineData("$6$MDEyMzQ1Njc4OWFi$qEXipeLbgxRlwd06QHfY5WITkUZg0jLg9SZbXzq3ifXjfj+v3GbJGrSfC5PAg3UNCS+UFfbhUIZX4bmIAs330w==")]
    public void Hashes_of_mosquitto_passwd_are_read(string hash)
    {
        Assert.True(PasswordHashing.IsHash(hash));
        Assert.True(PasswordHashing.Verify("secret"u8, hash));
        Assert.False(PasswordHashing.Verify("Secret"u8, hash));
    }

    [Fact]
    public void Every_fault_is_reported_with_its_line()
    {
        string passwords = Write("passwords", $"filler:plain\ncapper:{MqttUser.Hash("b")}\ncapper:{MqttUser.Hash("b")}\n");
        string rules = Write("rules", "user nobody\ntopic read a/#/b\nfilter x\n");

        InvalidDataException faults = Assert.Throws<InvalidDataException>(() => MqttUserFiles.Read(passwords, rules, out _));

        string[] lines = faults.Message.Split('\n');
        string[] expected =
        [
            $"{passwords}(1): not a user", $"{passwords}(3): user 'capper' is there twice",
            $"{rules}(1): user 'nobody' has rules but no password", $"{rules}(2): 'topic read a/#/b' is not a rule", $"{rules}(3): 'filter' is not known",
        ];
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
