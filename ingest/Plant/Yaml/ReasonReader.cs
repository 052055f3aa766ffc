using System.Globalization;

namespace Linewatch.Plants.Yaml;

/// <summary>Reads the downtime reason tree.</summary>
internal sealed class ReasonReader(FaultList faults)
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _codes = [];

    public IReadOnlyList<Reason> Read(YamlSection parent) => ReadList(parent, "reasons");

    private List<Reason> ReadList(YamlSection parent, string key)
    {
        List<Reason> reasons = [];
        foreach (YamlNode node in parent.List(key))
        {
            YamlSection section = new(node, "a reason", faults);
            string id = section.Require("id", Scalars.Id, "");
            if (id.Length > 0 && !_ids.Add(id))
            {
                section.Fault("id", $"the reason '{id}' is already described above; ids are unique within the tree");
            }

            string name = section.Optional("name", Scalars.Text, id);
            IReadOnlyList<int> codes = section.List("faultCodes", Scalars.Code);
            foreach (int code in codes)
            {
                if (!_codes.TryAdd(code, id))
                {
                    section.Fault("faultCodes", string.Create(CultureInfo.InvariantCulture, $"fault code {code} already selects the reason '{_codes[code]}'; a code selects one"));
                }
            }

            List<Reason> children = ReadList(section, "children");
            section.Finish();
            reasons.Add(new Reason(id, name, codes, children));
        }

        return reasons;
    }
}
