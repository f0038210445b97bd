namespace Recorder.Node.Tests.Contract;

/// <summary>
/// Each operation of docs/reference/openapi.json, and each status that it documents, brought about on a node: the answer has that status, a
/// type that is documented for it, and a body of that schema with nothing else in it.
/// </summary>
public sealed class ContractSpecs(ContractNodes nodes) : IClassFixture<ContractNodes>
{
    public static TheoryData<string, int> Documented
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var operation in ApiContract.Instance.Operations)
            {
                foreach (var status in ApiContract.Instance.StatusesOf(operation))
                    data.Add(operation.Id, status);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public async Task Operation_answers_as_documented(string id, int status)
    {
        var operation = ApiContract.Instance.Operations.Single(operation => operation.Id == id);
        using var answer = await ContractCases.BringAboutAsync(nodes, operation, status);

        var endless = status == 101 || answer.Content.Headers.ContentType?.MediaType is "text/event-stream" || (id == "WatchLive" && status == 200);
        var body = endless ? "" : await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, body);
        ApiContract.Instance.Problems(operation, status, answer.Content.Headers.ContentType?.MediaType, endless ? "" : body).ShouldBeEmpty();
    }

    [Fact]
    public void No_case_is_for_what_is_not_documented()
    {
        var documented = ApiContract.Instance.Operations
            .SelectMany(operation => ApiContract.Instance.StatusesOf(operation).Select(status => $"{operation.Name} {status}"));
        ContractCases.Special.Except(documented).ShouldBeEmpty();
    }
}
