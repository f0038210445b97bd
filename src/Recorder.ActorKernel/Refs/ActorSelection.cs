using System.IO.Enumeration;

namespace Recorder.ActorKernel;

/// <summary>Actors by path: whoever is there when a message is sent.</summary>
public class ActorSelection : ICanTell
{
    /// <summary>A selection of nobody.</summary>
    public ActorSelection()
        : this(ActorRefs.Nobody, Array.Empty<SelectionPathElement>())
    {
    }

    /// <summary>A selection.</summary>
    /// <param name="anchor">Where the path begins.</param>
    /// <param name="path">The steps.</param>
    public ActorSelection(IActorRef anchor, SelectionPathElement[] path)
    {
        Anchor = anchor;
        Path = path;
    }

    /// <summary>A selection.</summary>
    /// <param name="anchor">Where the path begins.</param>
    /// <param name="path">The path.</param>
    public ActorSelection(IActorRef anchor, string path)
        : this(anchor, path.Split('/'))
    {
    }

    /// <summary>A selection.</summary>
    /// <param name="anchor">Where the path begins.</param>
    /// <param name="elements">The steps.</param>
    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
        : this(anchor, elements.Where(e => !string.IsNullOrWhiteSpace(e)).Select(SelectionPathElement.Parse).ToArray())
    {
        for (var i = 0; i < Path.Length - 1; i++)
        {
            if (Path[i] is SelectChildRecursive)
                throw new IllegalActorNameException("Double wildcard can only appear at the last path element");
        }
    }

    /// <summary>Where the path begins.</summary>
    public IActorRef Anchor { get; }

    /// <summary>The steps.</summary>
    public SelectionPathElement[] Path { get; }

    /// <summary>The steps as text.</summary>
    public string PathString => "/" + string.Join("/", Path.Select(e => e.ToString()));

    /// <summary>Sends a message to whoever is there; inside an actor that actor is the sender when none is given.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">The sender.</param>
    public void Tell(object message, IActorRef? sender = null) => Deliver(
        (IInternalActorRef)Anchor,
        sender ?? ActorCell.GetCurrentSelfOrNoSender(),
        new ActorSelectionMessage(message, Path));

    /// <summary>The actor that is there.</summary>
    /// <param name="timeout">How long to wait for its answer.</param>
    /// <returns>The reference. Fails with <see cref="ActorNotFoundException"/> when nobody answers.</returns>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <summary>The actor that is there.</summary>
    /// <param name="timeout">How long to wait for its answer.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The reference. Fails with <see cref="ActorNotFoundException"/> when nobody answers.</returns>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException("subject was null");
        }
        catch (Exception e)
        {
            throw new ActorNotFoundException("Exception occurred while resolving ActorSelection", e);
        }
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ActorSelection other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Anchor, PathString);

    /// <inheritdoc/>
    public override string ToString()
    {
        var uid = Anchor.Path.Uid == ActorCell.UndefinedUid ? "" : $"#{Anchor.Path.Uid}";
        return $"ActorSelection[Anchor({Anchor.Path}{uid}), Path({PathString})]";
    }

    /// <summary>Equality by anchor and path.</summary>
    /// <param name="other">Another.</param>
    /// <returns>Whether they are equal.</returns>
    protected bool Equals(ActorSelection other) => Equals(Anchor, other.Anchor) && PathString == other.PathString;

    internal static void Deliver(IInternalActorRef anchor, IActorRef? sender, ActorSelectionMessage selection)
    {
        var at = anchor;
        for (var i = 0; i < selection.Elements.Length; i++)
        {
            switch (selection.Elements[i])
            {
                case SelectParent:
                    at = at.Parent;
                    break;
                case SelectChildName name:
                    var child = (IInternalActorRef)at.GetChild([name.Name]);
                    if (child.IsNobody())
                    {
                        ToNobody(anchor, sender, selection);
                        return;
                    }

                    at = child;
                    break;
                case SelectChildPattern pattern:
                    FanOut(anchor, at, sender, selection, i, [.. Children(at).Where(c => pattern.Matches(c.Path.Name))]);
                    return;
                case SelectChildRecursive:
                    FanOut(anchor, at, sender, selection, i, [.. Descendants(at)]);
                    return;
            }
        }

        at.Tell(selection.Message, sender);
    }

    private static void FanOut(
        IInternalActorRef anchor,
        IInternalActorRef at,
        IActorRef? sender,
        ActorSelectionMessage selection,
        int step,
        List<IActorRef> matches)
    {
        if (matches.Count == 0)
        {
            ToNobody(anchor, sender, selection);
            return;
        }

        var rest = new ActorSelectionMessage(
            selection.Message, selection.Elements[(step + 1)..], selection.WildCardFanOut || matches.Count > 1);
        foreach (var match in matches)
            Deliver((IInternalActorRef)match, sender, rest);
    }

    private static void ToNobody(IInternalActorRef anchor, IActorRef? sender, ActorSelectionMessage selection)
    {
        if (selection.WildCardFanOut)
            return;
        var provider = anchor.Provider;
        var stream = (provider.DeadLetters as EmptyLocalActorRef)!.EventStream;
        var path = anchor.Path / selection.Elements.Select(e => e.ToString()!);
        new EmptyLocalActorRef(provider, path, stream).Tell(selection, sender);
    }

    private static IEnumerable<IActorRef> Children(IInternalActorRef actor) =>
        actor is ActorRefWithCell withCell ? withCell.Children : [];

    private static IEnumerable<IActorRef> Descendants(IInternalActorRef actor) =>
        Children(actor).SelectMany(c => Descendants((IInternalActorRef)c).Prepend(c));
}

/// <summary>A message on its way to a selection.</summary>
/// <param name="message">The message.</param>
/// <param name="elements">The steps that are left.</param>
/// <param name="wildCardFanOut">Whether a wildcard on the way fit several actors.</param>
public class ActorSelectionMessage(object message, SelectionPathElement[] elements, bool wildCardFanOut = false)
    : IAutoReceivedMessage, IPossiblyHarmful, IWrappedMessage
{
    /// <summary>The message.</summary>
    public object Message { get; } = message;

    /// <summary>The steps that are left.</summary>
    public SelectionPathElement[] Elements { get; } = elements;

    /// <summary>Whether a wildcard on the way fit several actors.</summary>
    public bool WildCardFanOut { get; } = wildCardFanOut;

    /// <summary>A copy with other parts.</summary>
    /// <param name="message">The message; null for the same.</param>
    /// <param name="elements">The steps; null for the same.</param>
    /// <param name="wildCardFanOut">Whether a wildcard fit several; null for the same.</param>
    /// <returns>The copy.</returns>
    public ActorSelectionMessage Copy(
        object? message = null, SelectionPathElement[]? elements = null, bool? wildCardFanOut = null) =>
        new(message ?? Message, elements ?? Elements, wildCardFanOut ?? WildCardFanOut);

    /// <inheritdoc/>
    public override string ToString() =>
        $"ActorSelectionMessage - Message: {Message} - WildCartFanOut: {WildCardFanOut} - Elements: {string.Join<SelectionPathElement>("/", Elements)}";
}

/// <summary>A step of a selection.</summary>
public abstract class SelectionPathElement
{
    internal static SelectionPathElement Parse(string element) => element switch
    {
        ".." => SelectParent.Instance,
        "**" => SelectChildRecursive.Instance,
        _ when element.Contains('*', StringComparison.Ordinal) || element.Contains('?', StringComparison.Ordinal) =>
            new SelectChildPattern(element),
        _ => new SelectChildName(element),
    };
}

/// <summary>To a child by name.</summary>
/// <param name="name">The name.</param>
public class SelectChildName(string name) : SelectionPathElement
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SelectChildName other && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>To children by pattern: <c>*</c> for any characters, <c>?</c> for one.</summary>
/// <param name="patternStr">The pattern.</param>
public class SelectChildPattern(string patternStr) : SelectionPathElement
{
    /// <summary>The pattern.</summary>
    public string PatternStr { get; } = patternStr;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SelectChildPattern other && PatternStr == other.PatternStr;

    /// <inheritdoc/>
    public override int GetHashCode() => PatternStr.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => PatternStr;

    internal bool Matches(string name) => FileSystemName.MatchesSimpleExpression(PatternStr, name, ignoreCase: false);
}

/// <summary>To all descendants.</summary>
public class SelectChildRecursive : SelectionPathElement
{
    /// <summary>The only instance.</summary>
    public static readonly SelectChildRecursive Instance = new();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SelectChildRecursive;

    /// <inheritdoc/>
    public override int GetHashCode() => "**".GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => "**";
}

/// <summary>To the parent.</summary>
public class SelectParent : SelectionPathElement
{
    /// <summary>The only instance.</summary>
    public static readonly SelectParent Instance = new();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SelectParent;

    /// <inheritdoc/>
    public override int GetHashCode() => "..".GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => "..";
}

/// <summary>Makes selections.</summary>
public static class ActorRefFactoryShared
{
    /// <summary>A selection by path.</summary>
    /// <param name="actorPath">The path.</param>
    /// <param name="system">The system.</param>
    /// <returns>The selection.</returns>
    public static ActorSelection ActorSelection(ActorPath actorPath, ActorSystem system)
    {
        var provider = ((ExtendedActorSystem)system).Provider;
        return new ActorSelection(provider.RootGuardianAt(actorPath.Address), actorPath.Elements);
    }

    /// <summary>A selection by path, relative to an actor.</summary>
    /// <param name="anchorActorRef">The actor.</param>
    /// <param name="path">The path.</param>
    /// <returns>The selection.</returns>
    public static ActorSelection ActorSelection(IActorRef anchorActorRef, string path) => new(anchorActorRef, path);

    /// <summary>A selection by path: with an address, from the root, or relative.</summary>
    /// <param name="path">The path.</param>
    /// <param name="system">The system.</param>
    /// <param name="lookupRoot">Where relative paths begin.</param>
    /// <returns>The selection.</returns>
    public static ActorSelection ActorSelection(string path, ActorSystem system, IActorRef lookupRoot)
    {
        var provider = ((ExtendedActorSystem)system).Provider;
        if (ActorPath.TryParse(path, out var withAddress))
            return ActorSelection(withAddress, system);
        if (path.Length == 0 || Uri.IsWellFormedUriString(path, UriKind.Absolute))
            return new ActorSelection(provider.DeadLetters, "");
        return path.StartsWith('/')
            ? new ActorSelection(provider.RootGuardian, path[1..])
            : new ActorSelection(lookupRoot, path);
    }
}
