using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>A page of the recorders of all nodes. Of those that another node holds, that node tells; while it does not answer, the registry does.</summary>
/// <param name="Access">What the caller may see.</param>
/// <param name="State">Only recorders in this state; null for all.</param>
internal sealed record RecorderList(Access Access, string After, int Limit, RecorderState? State, IReadOnlyList<string> Labels)
{
    private string Query => string.Create(
        CultureInfo.InvariantCulture,
        $"?limit={Limit}&after={Uri.EscapeDataString(After)}{(State is { } state ? "&state=" + state.ToString().ToLowerInvariant() : "")}{string.Concat(Labels.Select(label => "&label=" + Uri.EscapeDataString(label)))}");

    /// <param name="isFromPeer">Whether another node asks: then it is told of what this node holds.</param>
    public async Task<RecorderPage> ReadAsync(RegistryClient client, PeerRecorders peers, string here, bool isFromPeer)
    {
        var matching = (await client.ListAsync()).Where(definition =>
            string.CompareOrdinal(definition.Id.Value, After) > 0 && Access.MaySee(definition.Id) && Labels.All(label => Matches(definition.Labels, label))
            && (!isFromPeer || client.IsHere(definition.Id)));
        // One more than fits on the page tells whether another page follows. To filter by state, all recorders must be asked.
        var listed = (State is null ? matching.Take(Limit + 1) : matching).Select(definition => (Definition: definition, Holder: client.FindHolder(definition.Id))).ToList();
        var asking = peers.AskAsync(listed.Select(recorder => recorder.Holder!).Where(holder => holder is not null), Query, Access);
        var own = await Task.WhenAll(listed.Where(recorder => client.IsHere(recorder.Definition.Id)).Select(recorder => OwnAsync(recorder.Definition, client, here, isFromPeer)));
        var pages = await asking;

        var told = own.Concat(pages.Values.SelectMany(page => page.Recorders)).DistinctBy(answer => answer.Id).ToDictionary(answer => answer.Id);
        var found = new List<RecorderAnswer>();
        foreach (var (definition, holder) in listed)
        {
            if (told.TryGetValue(definition.Id, out var answer))
                found.Add(answer);
            else if (State is null || holder is null || !pages.ContainsKey(holder.Name))
                found.Add(RecorderMapping.ToUnanswered(definition, holder?.Name ?? "", isSilent: holder is null || !pages.ContainsKey(holder.Name)));
        }

        found.RemoveAll(answer => State is { } state && answer.State != state);
        var isMore = found.Count > Limit || (found.Count == Limit && pages.Values.Any(page => page.Next is not null));
        return new RecorderPage([.. found.Take(Limit)], isMore ? found[Limit - 1].Id.Value : null);
    }

    // A recorder that hangs must not make this node seem to hang.
    private static async Task<RecorderAnswer> OwnAsync(RecorderDefinition definition, RegistryClient client, string here, bool isFromPeer) => RecorderMapping.ToAnswer(
        definition, await client.StatusAsync(definition.Id, isFromPeer ? PeerRecorders.Patience / 2 : null), here, await client.IsChangePendingAsync(definition.Id));

    /// <param name="label">NAME, or NAME:VALUE.</param>
    public static bool Matches(IReadOnlyDictionary<string, string> labels, string label)
    {
        var colon = label.IndexOf(':', StringComparison.Ordinal);
        return labels.TryGetValue(colon < 0 ? label : label[..colon], out var value) && (colon < 0 || value == label[(colon + 1)..]);
    }
}
