using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

public sealed class QueryTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    [Fact]
    public async Task Query_answers_rows_schema_and_meta()
    {
        var answer = await fixture.Host.Caller.GetAsync("SELECT 1 AS id, ST_Point(-3.7, 40.4, 4326) AS geom, 'A' AS name");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            """{"rows":[{"id":1,"geom":{"type":"Point","coordinates":[-3.7,40.4]},"name":"A"}],"schema":[{"name":"id","type":"number"},{"name":"geom","type":"geometry"},{"name":"name","type":"string"}],"meta":{"cacheHit":false,"location":"local","totalBytesProcessed":"0"}}""",
            answer.Body);
        Assert.Equal("application/json; charset=utf-8", answer.Message.Content.Headers.ContentType?.ToString());
    }
}
