namespace Linewatch.Mqtt;

/// <summary>
/// Users and access rules as files, in the formats of <c>mosquitto</c>'s <c>password_file</c> and <c>acl_file</c>, so that
/// one pair of files serves both brokers.
/// </summary>
/// <remarks>
/// Passwords: a line <c>name:hash</c> a user, hashes as <see cref="MqttUser.Hash"/> or <c>mosquitto_passwd</c> make them.
/// Access: <c>topic [read|write|readwrite|deny] filter</c> belongs to the <c>user name</c> line above it, before the first
/// such line to anonymous clients; <c>pattern …</c> belongs to everyone, <c>%u</c> and <c>%c</c> in it stand for user name and
/// client identifier. A denial wins; what nothing allows is denied. Empty lines and lines that begin with <c>#</c> are skipped.
/// </remarks>
public static class MqttUserFiles
{
    /// <summary>Reads both files.</summary>
    /// <param name="passwordFile">Users and hashes; null = no users.</param>
    /// <param name="accessFile">Access rules; null = everyone may everything.</param>
    /// <param name="anonymousRules">Rules of clients without user name.</param>
    /// <exception cref="InvalidDataException">Faults, each with file and line, what was found and what is allowed; one a line.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<MqttUser> Read(string? passwordFile, string? accessFile, out IReadOnlyList<MqttAccessRule> anonymousRules)
    {
        List<string> faults = [];
        List<MqttUser> users = passwordFile is null ? [] : ReadPasswords(passwordFile, faults);
        anonymousRules = [new MqttAccessRule("#", MqttAccess.Both)];
        if (accessFile is not null)
        {
            Dictionary<string, List<MqttAccessRule>> rules = ReadRules(accessFile, [.. users.Select(user => user.Name)], faults);
            users = users.ConvertAll(user => user with { Rules = Ordered(rules, user.Name) });
            anonymousRules = Ordered(rules, Anonymous);
        }

        return faults.Count == 0 ? users : throw new InvalidDataException(string.Join('\n', faults));
    }

    private const string Anonymous = "";

    /// <summary>Key of the rules that belong to everyone; no user name may begin with a space.</summary>
    private const string Everyone = " ";

    private static List<MqttUser> ReadPasswords(string path, List<string> faults)
    {
        List<MqttUser> users = [];
        foreach ((int number, string line) in Lines(path))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !PasswordHashing.IsHash(line[(colon + 1)..]))
            {
                faults.Add($"{path}({number}): not a user and a password hash; allowed: name:hash, the hash as 'linewatch broker hash' or mosquitto_passwd makes it");
            }
            else if (users.Exists(user => user.Name == line[..colon]))
            {
                faults.Add($"{path}({number}): user '{line[..colon]}' is there twice");
            }
            else
            {
                users.Add(new MqttUser { Name = line[..colon], PasswordHash = line[(colon + 1)..] });
            }
        }

        return users;
    }

    private static Dictionary<string, List<MqttAccessRule>> ReadRules(string path, HashSet<string> users, List<string> faults)
    {
        Dictionary<string, List<MqttAccessRule>> rules = new(StringComparer.Ordinal);
        string owner = Anonymous;
        foreach ((int number, string line) in Lines(path))
        {
            string[] words = line.Split((char[])[' ', '\t'], 2, StringSplitOptions.TrimEntries);
            string rest = words.Length == 2 ? words[1] : "";
            switch (words[0])
            {
                case "user" when users.Contains(rest):
                    owner = rest;
                    break;
                case "user":
                    faults.Add($"{path}({number}): user '{rest}' has rules but no password; allowed: a user of the password file");
                    break;
                case "topic" or "pattern":
                    if (Parse(rest) is not { } rule)
                    {
                        faults.Add($"{path}({number}): '{line}' is not a rule; allowed: {words[0]} [read|write|readwrite|deny] topic-filter");
                        break;
                    }

                    string of = words[0] == "topic" ? owner : Everyone;
                    rules.TryAdd(of, []);
                    rules[of].Add(rule);
                    break;
                default:
                    faults.Add($"{path}({number}): '{words[0]}' is not known; allowed: user, topic, pattern");
                    break;
            }
        }

        return rules;
    }

    private static MqttAccessRule? Parse(string text)
    {
        string[] words = text.Split((char[])[' ', '\t'], 2, StringSplitOptions.TrimEntries);
        MqttAccess? access = words.Length < 2 ? null : words[0] switch
        {
            "read" => MqttAccess.Subscribe,
            "write" => MqttAccess.Publish,
            "readwrite" => MqttAccess.Both,
            "deny" => MqttAccess.None,
            _ => null,
        };

        // Without a known first word the whole is a filter, which may hold spaces.
        string filter = access is null ? text : words[1];
        MqttAccess granted = access ?? MqttAccess.Both;
        return Codec.TopicRules.IsValidFilter(System.Text.Encoding.UTF8.GetBytes(filter))
            ? new MqttAccessRule(filter, granted) { Decides = granted == MqttAccess.None ? MqttAccess.Both : granted }
            : null;
    }

    /// <summary>Denials first, for the first rule decides.</summary>
    private static MqttAccessRule[] Ordered(Dictionary<string, List<MqttAccessRule>> rules, string owner) =>
    [
        .. rules.GetValueOrDefault(owner, []).Concat(rules.GetValueOrDefault(Everyone, [])).OrderBy(rule => rule.Access == MqttAccess.None ? 0 : 1),
    ];

    private static IEnumerable<(int Number, string Line)> Lines(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                yield return (number, text);
            }
        }
    }
}
