using Akka.Cluster;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// A member's node name, which it carries as a role: so all members know it as soon as they know the member, also those who never got its card.
/// </summary>
internal static class MemberName
{
    private const string Prefix = "node=";

    public static string ToRole(string node) => Prefix + node;

    public static string Of(Member member) =>
        member.Roles.FirstOrDefault(role => role.StartsWith(Prefix, StringComparison.Ordinal))?[Prefix.Length..] ?? member.Address.ToString();
}
