using System.Collections.Concurrent;

namespace Recorder.ActorKernel.Internal;

/// <summary>
/// Finds types by the names that configurations use. Akka.NET's names stand for the kernel's types, so that a configuration
/// written for one engine works with the other.
/// </summary>
internal static class TypeNames
{
    private static readonly ConcurrentDictionary<string, Type> Known = new();

    public static Type? Resolve(string name)
    {
        if (Known.TryGetValue(name, out var known))
            return known;
        var found = Find(name);
        if (found is not null)
            Known[name] = found;
        return found;
    }

    private static Type? Find(string name)
    {
        if (Type.GetType(name, throwOnError: false) is { } exact)
            return exact;
        var plain = name.Split(',')[0].Trim();
        foreach (var candidate in (string[])[plain, Translate(plain)])
        {
            foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            {
                if (assembly.GetType(candidate, throwOnError: false) is { } found)
                    return found;
            }
        }

        return null;
    }

    private static string Translate(string name)
    {
        (string From, string To)[] prefixes =
        [
            ("Akka.TestKit.Xunit2.", "Recorder.ActorKernel.Testing."),
            ("Akka.TestKit.", "Recorder.ActorKernel.Testing."),
            ("Akka.Actor.", "Recorder.ActorKernel."),
            ("Akka.", "Recorder.ActorKernel."),
        ];
        foreach (var (from, to) in prefixes)
        {
            if (name.StartsWith(from, StringComparison.Ordinal))
                return to + name[from.Length..];
        }

        return name;
    }
}
