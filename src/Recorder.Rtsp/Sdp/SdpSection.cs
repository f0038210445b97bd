namespace Recorder.Rtsp.Sdp;

/// <summary>The lines of the session or of one media, as they were found.</summary>
/// <param name="mediaLine">What is behind m=; null for the session.</param>
internal sealed class SdpSection(string? mediaLine)
{
    private readonly List<(string Name, string Value)> _attributes = [];

    public string? MediaLine => mediaLine;

    public string? Name { get; private set; }

    public ConnectionAddress? Connection { get; private set; }

    public void Add(char type, string value)
    {
        switch (type)
        {
            case 's':
                Name ??= value;
                break;
            case 'c':
                Connection ??= ConnectionAddress.Parse(value);
                break;
            case 'a':
                AddAttribute(value);
                break;
        }
    }

    /// <summary>The value of the first attribute of this name; empty for one without a value, null for none.</summary>
    public string? First(string name) => All(name).FirstOrDefault();

    public IEnumerable<string> All(string name) =>
        _attributes.Where(it => it.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(it => it.Value);

    // Some leave out the colon: a=rtpmap 98 METADATA/90000.
    private void AddAttribute(string text)
    {
        var end = text.AsSpan().IndexOfAny(':', ' ', '\t');
        _attributes.Add(end < 0 ? (text, "") : (text[..end], text[(end + 1)..].Trim().TrimStart(':').Trim()));
    }
}
