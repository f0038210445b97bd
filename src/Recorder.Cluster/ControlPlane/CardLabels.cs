using Recorder.Cluster.Nodes;
using Recorder.Cluster.Placement;

namespace Recorder.Cluster.ControlPlane;

/// <summary>A node's card as placement sees it.</summary>
internal static class CardLabels
{
    public static PlacementNode ToPlacement(this NodeCard card) =>
        new(card.Node, Math.Max(1, card.Capacity), card.Labels.Select(label => $"{label.Key}:{label.Value}").ToHashSet(), card.IsDraining) { Run = card.Run };

    public static bool MayHold(NodeCard card, string place)
    {
        if (card.IsDraining || place.Length == 0)
            return !card.IsDraining;

        var colon = place.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && card.Labels.TryGetValue(place[..colon], out var value) && place.AsSpan(colon + 1).SequenceEqual(value);
    }
}
